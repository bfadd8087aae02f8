// 100 000 watches on objects that die; prints the heap before, while they are watched, and after.
const [modulePath] = process.argv.slice(2)
const { createShouldGoAway } = await import(modulePath)
const shouldGoAway = createShouldGoAway()
shouldGoAway.configure({ cap: 1_000_000 })
const turn = () => new Promise((resolve) => setImmediate(resolve))
const settle = async () => {
  for (let round = 0; round < 6; round++) {
    globalThis.gc()
    await turn()
    await turn()
  }
}
const watchMany = (count) => {
  for (let number = 0; number < count; number++) shouldGoAway({ number }, 'many')
}
// Once before, so that compiled code and the first tables do not count.
watchMany(2000)
await settle()
const before = process.memoryUsage().heapUsed
watchMany(100_000)
const during = process.memoryUsage().heapUsed
await settle()
const after = process.memoryUsage().heapUsed
console.log(JSON.stringify({ before, during, after, gone: shouldGoAway.stats().total.gone - 2000 }))
