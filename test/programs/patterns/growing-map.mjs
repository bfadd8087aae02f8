class Visit { constructor(n) { this.path = `/page/${n}`; this.seen = [n, n + 1, n + 2] } }
const visits = new Map()
export function leak(n) { visits.set(`visit-${n}`, new Visit(n)) }
const recent = new Map()
export function healthy(n) {
  recent.set(`visit-${n}`, new Visit(n))
  if (recent.size > 50) recent.delete(recent.keys().next().value)
}
