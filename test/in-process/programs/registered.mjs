// A service that knows nothing of the library: it keeps closed sockets and closed sessions, and lets others go.
import { createServer, connect } from 'node:net'
import { once } from 'node:events'
import { subscribe } from 'node:diagnostics_channel'
import { Session, Visit } from './service.mjs'

export const kept = []
const told = { retained: {} }
subscribe('stillhere:retained', ({ label }) => {
  told.retained[label] = (told.retained[label] ?? 0) + 1
})
const server = createServer((socket) => socket.end('bye'))
server.listen(0, '127.0.0.1')
await once(server, 'listening')
for (let number = 0; number < 6; number++) {
  const socket = connect(server.address().port, '127.0.0.1')
  socket.resume()
  await once(socket, 'close')
  if (number < 2) kept.push(socket)
  const session = new Session(number)
  session.close()
  if (number < 3) kept.push(session)
  const visit = new Visit(number)
  if (number < 1) kept.push(visit)
}
// Work that makes the program collect by itself.
let garbage = []
const work = setInterval(() => {
  garbage.push(Array.from({ length: 300_000 }, (_, index) => ({ index })))
  if (garbage.length > 4) garbage = []
}, 5)
// Until as many are told as the test expects, and a little longer, in which no more may come.
const expected = Number(process.argv[3])
const startedMs = Date.now()
const enough = setInterval(() => {
  const count = Object.values(told.retained).reduce((sum, each) => sum + each, 0)
  if (count < expected && Date.now() - startedMs < 90_000) return
  clearInterval(enough)
  setTimeout(finish, 2000)
}, 200)

function finish() {
  clearInterval(work)
  server.close()
  console.log(JSON.stringify(told))
  if (process.argv[2] !== 'signal') process.exit(0)
  process.on('warning', (warning) => {
    if (warning.name === 'Stillhere' && warning.message.includes('report written')) process.exit(0)
  })
  process.kill(process.pid, 'SIGUSR2')
  setTimeout(() => process.exit(1), 40_000)
}
