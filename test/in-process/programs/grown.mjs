// Two operations: one leaves a session in a map each time, one does the same work and takes it out again.
const [modulePath] = process.argv.slice(2)
const { leakTest, LeakTestError } = await import(modulePath)

class Session {
  constructor(number) {
    this.number = number
    this.payload = Array.from({ length: 20 }, () => number)
  }
}
export const sessions = new Map()
let number = 0
const healthy = await leakTest(() => {
  const session = new Session(number++)
  sessions.set(session.number, session)
  sessions.delete(session.number)
}, { operations: 31 })
let leaky
try {
  leaky = await leakTest(async () => {
    const session = new Session(number++)
    sessions.set(session.number, session)
    await null
  }, { operations: 31 })
} catch (error) {
  if (!(error instanceof LeakTestError)) throw error
  leaky = error.result
}
console.log(JSON.stringify({ healthy, leaky }))
