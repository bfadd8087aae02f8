class Session { constructor(n) { this.user = `user ${n}`; this.ticks = 0 } tick() { this.ticks++ } }
export function leak(n) {
  const session = new Session(n)
  setInterval(() => session.tick(), 60_000).unref()
}
export function healthy(n) {
  const session = new Session(n)
  clearInterval(setInterval(() => session.tick(), 60_000))
}
