// Each request counts under five new numbers: a Map without a single object in it, enlarged in leaps.
import { createServer } from 'node:http'

const counts = new Map()
let next = 0

const server = createServer((request, response) => {
  for (let number = 0; number < 5; number++) counts.set(next++, 1)
  response.end('ok')
})
server.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`))
