// Keeps a set of a constant size and churns: half of the entries are replaced by and by, everything else dies young.
const rounds = Number(process.argv[2] ?? 200)
const kept = Number(process.argv[3] ?? 20_000)
const entries = new Map()
let seed = 1
const random = () => (seed = (seed * 48271) % 2147483647)
const entry = (id) => ({ id, name: `entry ${id}`, tags: [id % 7, id % 11, id % 13], text: JSON.stringify({ id, at: id * 3, words: ['one', 'two', 'three'] }) })
for (let id = 0; id < kept; id++) entries.set(id, entry(id))
let sum = 0
for (let round = 0; round < rounds; round++) {
  for (let request = 0; request < 2000; request++) {
    const parsed = JSON.parse(JSON.stringify({ request, items: Array.from({ length: 8 }, (_, at) => ({ at, value: `v${request * at}` })) }))
    sum += parsed.items.length
    if (request % 20 === 0) {
      const id = random() % kept
      entries.set(id, entry(id))
    }
  }
}
process.exitCode = sum > 0 && entries.size === kept ? 0 : 1
