// A server that keeps a session and a listener for every request, then writes a snapshot of itself.
// Usage: node express-sessions.cjs OUT REQUESTS   (express is looked up from the working directory)
'use strict'
const http = require('node:http')
const { createRequire } = require('node:module')
const v8 = require('node:v8')

const [out, requests] = process.argv.slice(2)
const express = createRequire(`${process.cwd()}/`)('express')
const app = express()
const sessions = new Map()
const onShutdown = []

class Session {
  constructor(user, headers) {
    this.user = user
    this.startedAt = new Date()
    this.headers = { ...headers }
    this.visits = []
  }
}

app.use((request, response, next) => {
  const session = new Session(request.query.user, request.headers)
  session.visits.push({ url: request.url, at: Date.now() })
  sessions.set(session.user, session)
  onShutdown.push(() => response.end(request.url))
  next()
})
app.get('/', (_request, response) => response.json({ sessions: sessions.size }))

const server = app.listen(0, async () => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 25 })
  const visit = (number) =>
    new Promise((resolve, reject) => {
      http
        .get({ port: server.address().port, agent, path: `/?user=visitor-${number}` }, (response) => {
          response.resume()
          response.on('end', resolve)
        })
        .on('error', reject)
    })
  for (let first = 0; first < Number(requests); first += 50) {
    await Promise.all(Array.from({ length: 50 }, (_, offset) => visit(first + offset)))
  }
  v8.writeHeapSnapshot(out)
  process.exit(0)
})
