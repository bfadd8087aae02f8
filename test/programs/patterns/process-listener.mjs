class Job { constructor(n) { this.rows = Array.from({ length: 5 }, (_, i) => ({ id: n * i })) } stop() { this.rows.length = 0 } }
process.setMaxListeners(0)
export function leak(n) {
  const job = new Job(n)
  process.on('beforeExit', () => job.stop())
}
export function healthy(n) {
  const job = new Job(n)
  const stop = () => job.stop()
  process.once('beforeExit', stop)
  process.removeListener('beforeExit', stop)
}
