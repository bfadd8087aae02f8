// Healthy: logs an object per request. Only a debugger that listens would hold them.
import { createServer } from 'node:http'

const server = createServer((request, response) => {
  console.log({ url: request.url, detail: Array.from({ length: 20 }, (_, each) => ({ each })) })
  response.end('ok')
})
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => console.log(`listening ${server.address().port}`))
