import { EventEmitter } from 'node:events'
const bus = new EventEmitter().setMaxListeners(0)
class Client { constructor(n) { this.name = `client ${n}`; this.inbox = [] } receive(data) { this.inbox.push(data) } }
export function leak(n) {
  const client = new Client(n)
  bus.on('update', (data) => client.receive(data))
}
export function healthy(n) {
  const client = new Client(n)
  const onUpdate = (data) => client.receive(data)
  bus.on('update', onUpdate)
  bus.off('update', onUpdate)
}
