import { channel } from 'node:diagnostics_channel'
const requests = channel('app.request')
class Meter { constructor(n) { this.name = `meter ${n}`; this.values = [] } record(value) { this.values.push(value) } }
export function leak(n) {
  const meter = new Meter(n)
  requests.subscribe((message) => meter.record(message))
}
export function healthy(n) {
  const meter = new Meter(n)
  const record = (message) => meter.record(message)
  requests.subscribe(record)
  requests.unsubscribe(record)
}
