const titles = new Map()
const page = (n) => Buffer.from(`<title>The headline of page number ${n}</title>${'<p>words words words</p>'.repeat(200)}`).toString('latin1')
export function leak(n) {
  const text = page(n)
  titles.set(n, text.slice(7, 40))
}
const copies = new Map()
export function healthy(n) {
  const text = page(n)
  copies.set(n % 20, Buffer.from(text.slice(7, 40)).toString())
}
