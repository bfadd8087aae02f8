// Each request sets environment variables of its own: they live in the C library's memory, where no heap shows them.
// BOUND=1 is the healthy twin: the same variables are set again and again.
import { createServer } from 'node:http'

const text = 'x'.repeat(20_000)
const bound = process.env.BOUND === '1'
let requests = 0

const server = createServer((request, response) => {
  const name = bound ? requests++ % 20 : requests++
  for (let number = 0; number < 10; number++) process.env[`TRACE_${name}_${number}`] = text
  response.end('ok')
})
server.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`))
