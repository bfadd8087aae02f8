const metadata = new WeakMap()
const everyRequest = []
class Details { constructor(n) { this.text = `details of ${n}`; this.parts = [n] } }
export function leak(n) {
  const key = { n: `request ${n}` }
  everyRequest.push(key)
  metadata.set(key, new Details(n))
}
export function healthy(n) { metadata.set({ n: `request ${n}` }, new Details(n)) }
