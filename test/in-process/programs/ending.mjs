// Ends while its snapshot is explained: argv the module of shouldGoAway, and how: 'exit' in the main thread, 'terminate' of a worker, 'watching' worker.
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

const [modulePath, how] = isMainThread ? process.argv.slice(2) : workerData
if (isMainThread && how !== 'exit') {
  const worker = new Worker(new URL(import.meta.url), { workerData: [modulePath, how] })
  worker.on('error', (error) => {
    console.log(`worker failed: ${error.message}`)
    process.exit(1)
  })
  worker.on('message', async (message) => {
    // In the middle of watching, or of explaining.
    if (message === 'explaining') await new Promise((resolve) => setTimeout(resolve, 300))
    await worker.terminate()
    console.log('terminated')
  })
} else {
  const { shouldGoAway } = await import(modulePath)
  globalThis.heap = Array.from({ length: 100_000 }, (_, index) => ({ index, more: [index] }))
  const kept = (globalThis.kept = {})
  for (let number = 0; number < 1000; number++) shouldGoAway({ number }, 'gone')
  const ticket = shouldGoAway(kept, 'kept')
  if (how === 'watching') {
    parentPort.postMessage('watching')
    setInterval(() => shouldGoAway({}, 'more'), 1)
  } else {
    await ticket.answer({ collections: 'forced', patienceMs: 50 })
    void shouldGoAway.explain()
    if (how === 'exit') setTimeout(() => process.exit(0), 400)
    else parentPort.postMessage('explaining')
  }
}
