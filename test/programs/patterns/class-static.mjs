class Registry {
  static instances = new Map()
  static register(n) { Registry.instances.set(`service-${n}`, new Service(n)) }
}
class Service { constructor(n) { this.name = `service ${n}`; this.deps = [n] } }
export function leak(n) { Registry.register(n) }
export function healthy(n) {
  Registry.register(n)
  Registry.instances.delete(`service-${n}`)
}
