const frames = new Map()
export function leak(n) { frames.set(n, new Uint8Array(32 * 1024).subarray(0, 16)) }
export function healthy(n) { frames.set(n % 8, new Uint8Array(32 * 1024).slice(0, 16)) }
