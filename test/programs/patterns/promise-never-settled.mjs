const ready = new Promise(() => {})
class Order { constructor(n) { this.number = n; this.lines = [`line ${n}`] } send() { return this.lines.length } }
export function leak(n) {
  const order = new Order(n)
  void ready.then(() => order.send())
}
export async function healthy(n) {
  const order = new Order(n)
  await Promise.resolve().then(() => order.send())
}
