// What is logged while a debugger listens stays in its console.
import { Session } from 'node:inspector'
const session = new Session()
class Order { constructor(n) { this.lines = [`line of ${n}`] } }
let isListening = false
function log(n) {
  if (!isListening) session.connect()
  if (!isListening) session.post('Runtime.enable')
  isListening = true
  console.error(new Order(n))
}
export function leak(n) { log(n) }
export function healthy(n) {
  log(n)
  if (n % 10 === 0) session.post('Runtime.discardConsoleEntries')
}
