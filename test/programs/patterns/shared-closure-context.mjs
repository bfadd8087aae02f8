const handlers = []
class Upload { constructor(n) { this.bytes = `upload ${n} `.repeat(40) + n } }
// `done` uses nothing, but shares its scope with `retry`, which uses `upload`.
export function leak(n) {
  const upload = new Upload(n)
  const retry = () => upload.bytes.length
  handlers.push(() => n)
  return retry()
}
export function healthy(n) {
  const upload = new Upload(n)
  const retry = () => upload.bytes.length
  handlers[n % 4] = () => n
  return void retry()
}
