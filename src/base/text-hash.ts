/** A 53-bit hash of a text in hexadecimal (cyrb53): it names a group, it guards nothing. */
export function textHash(text: string): string {
  let a = 0xdeadbeef
  let b = 0x41c6ce57
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    a = Math.imul(a ^ code, 2654435761)
    b = Math.imul(b ^ code, 1597334677)
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909)
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909)
  return ((b & 0x1f_ffff) >>> 0).toString(16).padStart(6, '0').slice(-2) + (a >>> 0).toString(16).padStart(8, '0').slice(0, 6)
}
