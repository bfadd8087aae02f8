// A program with little memory left asks who holds an object. Must answer with a refusal, and live.
const [modulePath, megabytes] = process.argv.slice(2)
const { shouldGoAway } = await import(modulePath)
export const heap = Array.from({ length: Number(megabytes) * 9000 }, (_, index) => ({ index, more: [index] }))
export const kept = {}
const ticket = shouldGoAway(kept, 'kept')
const answer = await ticket.answer({ collections: 'forced', patienceMs: 50 })
const { explanation } = await ticket.explain()
console.log(JSON.stringify({ answer, outcome: explanation.outcome, reason: explanation.reason, alive: true }))
