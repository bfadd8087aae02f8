class Counter {
  hashMap = {}
  inc(labels) {
    const key = Object.entries(labels).map(([name, value]) => `${name}:${value}`).join(',')
    this.hashMap[key] ??= { labels, value: 0 }
    this.hashMap[key].value++
  }
}
const requests = new Counter()
const bounded = new Counter()
export function leak(n) { requests.inc({ method: 'GET', path: `/users/${n}/profile` }) }
export function healthy() { bounded.inc({ method: 'GET', path: '/users/:id/profile' }) }
