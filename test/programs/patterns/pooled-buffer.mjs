const tokens = []
export function leak(n) {
  const message = Buffer.allocUnsafe(3000).fill(n & 255)
  tokens.push(message.subarray(0, 8))
}
const copies = []
export function healthy(n) {
  const message = Buffer.allocUnsafe(3000).fill(n & 255)
  copies[n % 10] = Uint8Array.from(message.subarray(0, 8))
}
