// Healthy: a cache of the last 50 pages, which looks like a leak until it is full. With KEEPS_MORE=1 it leaks: each page also
// comes under a second key that goes again, and nothing of the first ever goes.
import { createServer } from 'node:http'

const { KEEPS_MORE, PORT } = process.env
class Page {
  constructor(visit) {
    this.lines = Array.from({ length: 20 }, (_, line) => `page ${visit} line ${line}`)
  }
}
const pages = new Map()
let visits = 0
const server = createServer((request, response) => {
  const visit = ++visits
  pages.set(visit, new Page(visit))
  if (KEEPS_MORE === '1') {
    pages.set(`draft ${visit}`, new Page(visit))
    pages.delete(`draft ${visit}`)
  } else if (pages.size > 50) pages.delete(pages.keys().next().value)
  response.end('ok')
})
server.listen(Number(PORT ?? 0), '127.0.0.1', () => console.log(`listening ${server.address().port}`))
