// Writes a heap snapshot with Node's own means while objects are watched. argv: the module of shouldGoAway, the file.
import { writeHeapSnapshot } from 'node:v8'

const [modulePath, file] = process.argv.slice(2)
const { shouldGoAway } = await import(modulePath)

class Session {
  constructor(number) {
    this.number = number
  }
}
export const cache = new Map()
await shouldGoAway.scope(() => {
  for (let number = 0; number < 3; number++) {
    const session = new Session(number)
    cache.set(`user ${number}`, session)
    // A label that was joined is one text in the snapshot all the same.
    shouldGoAway(session, { label: ['logged', 'out', 'session', 'of', 'a', 'user'].join(' '), within: 1000, tags: { route: '/logout' } })
    shouldGoAway(new Session(number), { label: 'healthy', within: 1000 })
    const young = new Session(number)
    cache.set(`young ${number}`, young)
    shouldGoAway(young, { label: 'still in time', within: 3_600_000 })
  }
})
setTimeout(() => {
  writeHeapSnapshot(file)
  process.exit(0)
}, 3500)
