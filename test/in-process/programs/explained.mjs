// Objects held in different ways; asks who holds them and prints one line for each finding, as JSON.
// argv: the module of shouldGoAway.
import { EventEmitter } from 'node:events'
import { createRequire } from 'node:module'

const [modulePath, mode, folder] = process.argv.slice(2)
const { shouldGoAway } = await import(modulePath)
const { store } = createRequire(import.meta.url)('./store.cjs')

class Session {
  constructor(number) {
    this.number = number
    this.payload = Array.from({ length: 100 }, () => number)
  }
}
const emitter = new EventEmitter()
emitter.setMaxListeners(0)
const log = []
const holders = {
  map: (session) => store.set(session.number, session),
  listener: (session) => emitter.on('event', () => session.number),
  timer: (session) => void setInterval(() => session.number, 10_000).unref(),
  array: (session) => log.push({ session }),
  console: () => undefined,
}
let inspector
if (mode === 'inspector') {
  const { Session: Inspector } = await import('node:inspector/promises')
  inspector = new Inspector()
  inspector.connect()
  await inspector.post('Runtime.enable')
  holders.console = (session) => console.error(session)
}
shouldGoAway.configure({ stack: 1, folder })
await shouldGoAway.scope(() => {
  for (let number = 0; number < 4; number++) {
    for (const [label, hold] of Object.entries(holders)) {
      const session = new Session(number)
      hold(session)
      shouldGoAway(session, label)
    }
  }
})
let explained = false
try {
  await shouldGoAway.allGone({ patienceMs: 50 })
} catch (error) {
  const { explanation } = error
  explained = explanation.outcome === 'explained'
  console.log(JSON.stringify({
    outcome: explanation.outcome,
    reason: explanation.reason,
    folder: explanation.folder,
    findings: explanation.findings.map(({ labels, tickets, finding, text }) => ({
      labels,
      tickets: tickets.length,
      pattern: finding.pattern,
      verdict: finding.verdict,
      suspects: finding.paths[0].steps.filter((step) => step.status !== 'fine').length,
      places: finding.paths[0].steps.map((step) => step.location?.file ?? '').filter((file) => file.endsWith('explained.mjs')).length,
      watchedAt: /watched at \S*explained\.mjs:\d+/.test(text),
      text,
    })),
    message: error.message.split('\n')[0],
  }))
}
// Asked again, what has been shown is not reported again.
if (explained) await shouldGoAway.allGone({ patienceMs: 50 })
