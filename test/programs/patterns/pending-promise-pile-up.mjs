const pending = new Map()
class Call { constructor(n) { this.id = n; this.method = `method-${n}` } }
function send(n) {
  return new Promise((resolve, reject) => { pending.set(n, { call: new Call(n), resolve, reject }) })
}
export function leak(n) { send(n).catch(() => {}) }
export async function healthy(n) {
  const answer = send(n)
  const entry = pending.get(n)
  pending.delete(n)
  entry.resolve('ok')
  await answer
}
