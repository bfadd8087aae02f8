// Healthy: a cache of 700 pages that is still filling after the first rounds, then full.
import { createServer } from 'node:http'

const pages = new Map()
let visits = 0
const server = createServer((request, response) => {
  const key = `page-${++visits % 700}`
  let page = pages.get(key)
  if (page === undefined) pages.set(key, (page = { key, lines: Array.from({ length: 20 }, (_, line) => `${key} line ${line}`) }))
  response.end(String(page.lines.length))
})
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => console.log(`listening ${server.address().port}`))
