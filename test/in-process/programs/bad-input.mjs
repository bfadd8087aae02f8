// Everything a program may do to the library that it should not. Prints one line of JSON; must never fail.
const [modulePath] = process.argv.slice(2)
const { shouldGoAway, CannotBeHeldWeakly, createShouldGoAway } = await import(modulePath)
const result = {}

const object = {}
result.sameTicket = shouldGoAway(object, 'first').id === shouldGoAway(object, 'second').id
result.times = shouldGoAway(object).times

result.refused = ['text', 1, 1n, true, null, undefined, Symbol.for('registered')].map((value) => {
  try {
    shouldGoAway(value)
    return 'taken'
  } catch (error) {
    return error instanceof CannotBeHeldWeakly && error.hint.includes('shouldGoAway.box') ? 'refused' : String(error)
  }
})
result.accepted = [() => 1, Symbol('own'), Symbol.iterator, new Proxy({}, {}), new Map(), globalThis, Object.create(null), new Proxy({}, { get() { throw new Error('trap') }, getPrototypeOf() { throw new Error('trap') } })].map((value) => shouldGoAway(value).label)

const lenient = createShouldGoAway()
lenient.configure({ misuse: 'report' })
result.lenient = await lenient('text').answer()

for (let number = 0; number < 5000; number++) shouldGoAway({}, `label ${number}`)
result.labelsKept = shouldGoAway.stats().byLabel.size
const longLabel = shouldGoAway({}, `\u001b]0;title\u0007\u202e${'x'.repeat(1_000_000)}`).label
result.longLabel = [longLabel.length <= 200, /^[\u0020-\u007e\u2026]*$/u.test(longLabel)]
const refusal = (call) => {
  try {
    call()
    return 'taken'
  } catch (error) {
    return error.message
  }
}
result.badOptions = [{ within: -1 }, { within: NaN }, { within: '5s' }, { witin: 5 }, { minCollections: 32 }, { stack: 0.5 }, { tags: { a: 1 } }, null, 5].map((options) => refusal(() => shouldGoAway({}, options)))
result.badSettings = [{ misuse: 'ignore' }, { cap: 0 }, { within: 7, caps: 10 }].map((settings) => refusal(() => shouldGoAway.configure(settings)))
result.badWait = await shouldGoAway({}).answer({ collections: 'force' }).catch((error) => error.message)
result.reported = lenient({}, { label: 'kept', within: -1 }).label
result.goodOptions = shouldGoAway({}, { label: 'good', within: 0, minCollections: 31, stack: undefined, tags: { a: 'b\n' } }).label

if (!Object.isFrozen(Error)) {
  Error.prepareStackTrace = () => ({ not: 'a string' })
  result.oddStack = shouldGoAway({}, { label: 'odd stack', stack: 1 }).stack ?? 'none'
  Error.prepareStackTrace = undefined
}
result.stack = shouldGoAway({}, { label: 'stack', stack: 1 }).stack?.includes('bad-input.mjs') ?? false

const capped = createShouldGoAway()
capped.configure({ cap: 100 })
const kept = Array.from({ length: 10_000 }, () => ({}))
const tickets = kept.map((each, index) => capped(each, index < 5000 ? 'early' : 'late'))
result.capped = { watching: capped.stats().watching, dropped: capped.stats().total.dropped }
const left = tickets.filter((ticket) => !ticket.dropped)
result.sampleIsFair = left.filter((ticket) => ticket.label === 'early').length
result.droppedAnswer = await tickets.find((ticket) => ticket.dropped).answer()

const idle = createShouldGoAway()
idle.configure({ tickMs: 10 })
// The library keeps no process alive.
const alive = setInterval(() => undefined, 1000)
result.idle = await idle(kept[0], { within: 10 }).answer({ patienceMs: 50 })
clearInterval(alive)
idle.stop()

console.log(JSON.stringify(result))
