import { setMaxListeners } from 'node:events'
const shutdown = new AbortController()
setMaxListeners(0, shutdown.signal)
class Download { constructor(n) { this.url = `/file/${n}`; this.parts = [n] } stop() { this.parts.length = 0 } }
export function leak(n) {
  const download = new Download(n)
  shutdown.signal.addEventListener('abort', () => download.stop(), { once: true })
}
export function healthy(n) {
  const download = new Download(n)
  const stop = () => download.stop()
  shutdown.signal.addEventListener('abort', stop, { once: true })
  shutdown.signal.removeEventListener('abort', stop)
}
