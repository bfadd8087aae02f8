// The healthy twin: the same Map, but it forgets the oldest session when it holds fifty.
import { createServer } from 'node:http'

class Session {
  constructor(user) {
    this.user = user
    this.basket = Array.from({ length: 10 }, (_, item) => ({ item, note: `${user} wants ${item}` }))
  }
}

const sessions = new Map()
let visitors = 0

const server = createServer((request, response) => {
  const user = `visitor-${++visitors}`
  sessions.set(user, new Session(user))
  if (sessions.size > 50) sessions.delete(sessions.keys().next().value)
  response.end(user)
})
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => console.log(`listening ${server.address().port}`))
