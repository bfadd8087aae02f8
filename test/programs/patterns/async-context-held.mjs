import { AsyncLocalStorage } from 'node:async_hooks'
const storage = new AsyncLocalStorage()
class Trace { constructor(n) { this.id = n; this.spans = [`span ${n}`] } }
const idle = []
// A long-lived resource made inside run() carries the store of the request that happened to be first.
export function leak(n) { storage.run({ trace: new Trace(n) }, () => { idle.push(new Promise(() => {})); setTimeout(() => {}, 7_200_000).unref() }) }
export function healthy(n) { storage.run({ trace: new Trace(n) }, () => { clearTimeout(setTimeout(() => {}, 7_200_000)) }) }
