// Watches objects that hold much and are let go at once; prints what young collections alone leave of them.
const [modulePath] = process.argv.slice(2)
const { createShouldGoAway } = await import(modulePath)
const shouldGoAway = createShouldGoAway()
const turn = () => new Promise((resolve) => setImmediate(resolve))
const round = (watch) => {
  for (let number = 0; number < 20; number++) {
    const request = { number, rows: Array.from({ length: 500 }, (_, index) => ({ index })) }
    if (watch) shouldGoAway(request, 'request')
  }
}
const measure = async (watch) => {
  globalThis.gc()
  await turn()
  const before = process.memoryUsage().heapUsed
  for (let time = 0; time < 50; time++) {
    round(watch)
    await turn()
    globalThis.gc({ type: 'minor' })
    await turn()
    globalThis.gc({ type: 'minor' })
  }
  return process.memoryUsage().heapUsed - before
}
await measure(false)
await measure(true)
console.log(JSON.stringify({ without: await measure(false), watched: await measure(true) }))
