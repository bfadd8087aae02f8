// Keeps what it says should go away, until the heap is full. argv: the module of shouldGoAway; 'signal': asks for a snapshot instead.
import { existsSync, readdirSync } from 'node:fs'

const [modulePath, how] = process.argv.slice(2)
const { shouldGoAway } = await import(modulePath)

class Session {
  constructor(number) {
    this.rows = new Array(1000).fill(number + 0.5)
  }
}
export const sessions = new Map()
const login = (number) => {
  const session = new Session(number)
  sessions.set(number, session)
  shouldGoAway(session, { label: 'session after logout', within: 0 })
}
if (how === 'signal') {
  for (let number = 0; number < 20; number++) login(number)
  setTimeout(() => process.kill(process.pid, 'SIGUSR2'), 1500)
  const look = setInterval(() => {
    if (existsSync('.') && readdirSync('.').some((name) => name.endsWith('.heapsnapshot'))) {
      clearInterval(look)
      setTimeout(() => process.exit(0), 200)
    }
  }, 100)
} else {
  for (let number = 0; ; number++) {
    login(number)
    if (number % 20 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
}
