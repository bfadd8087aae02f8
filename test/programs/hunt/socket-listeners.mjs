// A listener on the socket of each request, which the connection keeps until it is closed; with `removed` as its argument, the healthy twin.
import { createServer } from 'node:http'

class Transfer {
  constructor(number) {
    this.chunks = Array.from({ length: 40 }, (_, chunk) => `chunk ${number} ${chunk}`)
  }
  abort() {
    this.chunks.length = 0
  }
}

let transfers = 0

const server = createServer((request, response) => {
  const transfer = new Transfer(++transfers)
  const onClose = () => transfer.abort()
  request.socket.setMaxListeners(0).on('close', onClose)
  if (process.argv[2] === 'removed') response.on('finish', () => request.socket.off('close', onClose))
  response.end(String(transfers))
})
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => console.log(`listening ${server.address().port}`))
