const stores = new Map()
class State { constructor(n) { this.user = `user ${n}`; this.items = [n] } }
export function leak(n) { stores.set(n, new Proxy(new State(n), {})) }
export function healthy(n) {
  stores.set(n, new Proxy(new State(n), {}))
  stores.delete(n)
}
