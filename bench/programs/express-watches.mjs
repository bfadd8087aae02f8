// An Express service as small ones are: a body is parsed, checked and answered as JSON. argv: watches a request, the module of shouldGoAway.
import express from 'express'

const [kind, libraryUrl] = process.argv.slice(2)
const watches = Number.parseInt(kind, 10)
const { shouldGoAway } = await import(libraryUrl)
const app = express()
let done = 0
let start
app.use(express.json())
app.use((request, answer, next) => {
  answer.setHeader('x-request', String(done))
  next()
})
const orders = express.Router()
orders.post('/:id', (request, answer) => {
  const { items } = request.body
  const session = { order: Number(request.params.id), total: items.reduce((sum, item) => sum + item.price, 0) }
  // A watched object is kept to the next full collection, with all it holds: little, or the request with its socket.
  if (kind === '1 whole') shouldGoAway(request, 'request')
  else if (watches === 1) shouldGoAway(session, 'session')
  else for (let watch = 0; watch < watches; watch++) shouldGoAway(items[watch], 'item')
  done++
  answer.json({ ...session, items: items.length })
})
app.use('/orders', orders)
const server = app.listen(0, '127.0.0.1', () => process.send(server.address().port))
process.on('message', (message) => {
  if (message === 'begin') {
    done = 0
    start = process.cpuUsage()
    process.send('begun')
  } else {
    const { user, system } = process.cpuUsage(start)
    process.send({ cpuUs: user + system, done, rssMb: process.memoryUsage.rss() / 1e6 })
  }
})
