import { Readable } from 'node:stream'
const source = new Readable({ read() {} })
export function leak(n) { source.push(Buffer.from(`chunk ${n} `.repeat(8))) }
const drained = new Readable({ read() {} }).resume()
export async function healthy(n) {
  drained.push(Buffer.from(`chunk ${n}`))
  await new Promise((resolve) => setImmediate(resolve))
}
