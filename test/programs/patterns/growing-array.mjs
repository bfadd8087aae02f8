class LogEntry { constructor(n) { this.at = n * 1.5; this.text = `entry number ${n}` } }
const history = []
export function leak(n) { history.push(new LogEntry(n)) }
const last = []
export function healthy(n) {
  last.push(new LogEntry(n))
  if (last.length > 20) last.shift()
}
