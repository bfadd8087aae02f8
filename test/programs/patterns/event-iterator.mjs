import { EventEmitter, on } from 'node:events'
const feed = new EventEmitter()
const updates = on(feed, 'update')
class Update { constructor(n) { this.n = n; this.text = `update ${n}` } }
export function leak(n) { feed.emit('update', new Update(n)) }
const other = new EventEmitter()
export async function healthy(n) {
  const iterator = on(other, 'update')
  other.emit('update', new Update(n))
  await iterator.next()
  await iterator.return()
}
void updates
