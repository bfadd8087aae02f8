// Objects that stay, each held in its own way, beside as many that go. Prints the answers by label as JSON.
// argv: the module of shouldGoAway; 'forced' or 'awaited' collections.
import { EventEmitter } from 'node:events'

const [modulePath, collections] = process.argv.slice(2)
const { shouldGoAway } = await import(modulePath)

class Session {
  constructor(number) {
    this.number = number
  }
}
const cache = new Map()
const emitter = new EventEmitter()
const registry = []
export const timers = []
const holders = {
  'in a map': (session) => cache.set(session.number, session),
  'by a listener': (session) => emitter.on('event', () => session.number),
  'in an array': (session) => registry.push(session),
  'by an interval': (session) => timers.push(setInterval(() => session.number, 10_000).unref()),
  'by a pending promise': (session) => registry.push(new Promise((resolve) => registry.push(resolve)).then(() => session)),
}
const tickets = await shouldGoAway.scope(async () => {
  for (let number = 0; number < 20; number++) {
    for (const [label, hold] of Object.entries(holders)) {
      const session = new Session(number)
      hold(session)
      shouldGoAway(session, { label, within: 200 })
      shouldGoAway(new Session(number), { label: 'healthy', within: 200 })
    }
  }
})
let collecting
if (collections === 'awaited') {
  // Work that makes the program collect by itself.
  let kept = []
  collecting = setInterval(() => {
    kept.push(Array.from({ length: 300_000 }, (_, index) => ({ index })))
    if (kept.length > 4) kept = []
  }, 5)
}
const answers = {}
await Promise.all(tickets.map(async (ticket) => {
  const answer = await ticket.answer({ collections, patienceMs: collections === 'awaited' ? 60_000 : 100 })
  const key = `${ticket.label}: ${answer}`
  answers[key] = (answers[key] ?? 0) + 1
}))
clearInterval(collecting)
console.log(JSON.stringify({ node: process.versions.node, answers }))
