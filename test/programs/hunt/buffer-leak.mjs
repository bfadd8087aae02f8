// Keeps a small view of a big buffer per request: the memory is outside the heap.
import { createServer } from 'node:http'

const heads = []
const server = createServer((request, response) => {
  heads.push(new Uint8Array(64 * 1024).subarray(0, 8))
  response.end('ok')
})
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => console.log(`listening ${server.address().port}`))
