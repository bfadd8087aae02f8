const shutdown = new Promise(() => {})
class Batch { constructor(n) { this.rows = [n, n + 1]; this.name = `batch ${n}` } }
export async function leak(n) { await Promise.race([Promise.resolve(new Batch(n)), shutdown]) }
export async function healthy(n) { await Promise.race([Promise.resolve(new Batch(n)), new Promise(() => {})]) }
