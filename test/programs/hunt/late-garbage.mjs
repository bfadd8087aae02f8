// Healthy: what a request leaves goes away by itself half a second later.
import { createServer } from 'node:http'

const open = new Set()
const server = createServer((request, response) => {
  const lease = { since: Date.now(), rows: Array.from({ length: 30 }, (_, row) => ({ row })) }
  open.add(lease)
  setTimeout(() => open.delete(lease), 500)
  response.end('ok')
})
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => console.log(`listening ${server.address().port}`))
