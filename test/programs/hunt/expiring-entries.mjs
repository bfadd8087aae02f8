// Healthy: entries live for a few seconds, so a short look sees nothing but growth.
import { createServer } from 'node:http'

const entries = new Map()
let visits = 0
const server = createServer((request, response) => {
  const key = ++visits
  entries.set(key, { key, rows: Array.from({ length: 30 }, (_, row) => ({ row })) })
  setTimeout(() => entries.delete(key), Number(process.argv[2] ?? 6000))
  response.end('ok')
})
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => console.log(`listening ${server.address().port}`))
