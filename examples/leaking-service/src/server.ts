import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { LiveView, Preferences } from './preferences.ts'
import { RecentPages } from './recent-pages.ts'
import { SessionStore } from './session-store.ts'

const sessions = new SessionStore()
const preferences = new Preferences()
const recent = new RecentPages(50)
const answered = new Uint32Array(60) // answers per second of the last minute: a ring, always the same size

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const second = Math.floor(Date.now() / 1000) % 60
  answered[second] = (answered[second] ?? 0) + 1
  if (url.pathname === '/login') {
    const user = url.searchParams.get('user') ?? 'ada'
    const session = sessions.create(randomUUID(), user)
    const page = new LiveView(preferences, user).render()
    recent.remember(`/login/${session.id}`, page)
    response.setHeader('set-cookie', `session=${session.id}`)
    response.end(page)
    return
  }
  if (url.pathname === '/health') {
    response.end('ok')
    return
  }
  response.statusCode = 404
  response.end('not found')
})

server.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1', () => {
  const address = server.address()
  if (address !== null && typeof address === 'object') process.stdout.write(`listening on http://127.0.0.1:${address.port}\n`)
})
