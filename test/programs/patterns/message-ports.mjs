const open = []
export function leak() {
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = () => {}
  port1.unref()
  open.push(port2)
}
export async function healthy() {
  const { port1 } = new MessageChannel()
  port1.close()
  await new Promise((resolve) => setImmediate(resolve))
}
