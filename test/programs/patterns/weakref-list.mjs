const observers = []
class View { constructor(n) { this.n = `view ${n}` } }
export function leak(n) { observers.push({ ref: new WeakRef(new View(n)), label: `view ${n}` }) }
const live = new Set()
export function healthy(n) {
  const ref = new WeakRef(new View(n))
  live.add(ref)
  live.delete(ref)
}
