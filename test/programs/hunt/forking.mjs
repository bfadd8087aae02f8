// A cluster of two workers.
import cluster from 'node:cluster'
import { createServer } from 'node:http'

if (cluster.isPrimary) {
  cluster.fork()
  cluster.fork()
} else {
  const server = createServer((request, response) => response.end(String(process.pid)))
  server.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`))
}
