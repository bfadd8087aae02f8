const steps = []
class Request { constructor(n) { this.id = n; this.body = `body of ${n}`.repeat(3) } }
export function leak(n) {
  const request = new Request(n)
  steps.push({ run: (value) => value + request.id, name: 'sign' })
}
export function healthy(n) {
  const request = new Request(n)
  steps.push({ run: (value) => value + request.id, name: 'sign' })
  steps.pop()
}
