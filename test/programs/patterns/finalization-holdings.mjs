const registry = new FinalizationRegistry((held) => held.close?.())
class Handle { constructor(n) { this.name = `handle ${n}` } close() { this.name = '' } }
export function leak(n) {
  const handle = new Handle(n)
  registry.register(handle, handle.close.bind(handle))
}
export function healthy(n) { registry.register(new Handle(n), `handle ${n}`) }
