import { PassThrough } from 'node:stream'
const logs = new PassThrough().setMaxListeners(0)
logs.resume()
export function leak() { logs.pipe(new PassThrough()) }
export function healthy() {
  const viewer = new PassThrough()
  logs.pipe(viewer)
  logs.unpipe(viewer)
  viewer.destroy()
}
