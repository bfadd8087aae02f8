// A thousand objects that do go away, each let go in a way that has fooled leak detectors. Prints the answers as JSON.
// argv: the module of shouldGoAway, and 'worker', 'inspector' or 'plain'.
import { AsyncLocalStorage } from 'node:async_hooks'
import { EventEmitter, once } from 'node:events'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

const [modulePath, mode] = isMainThread ? process.argv.slice(2) : workerData
if (isMainThread && mode === 'worker') {
  const worker = new Worker(new URL(import.meta.url), { workerData: [modulePath, 'plain'] })
  const [message] = await once(worker, 'message')
  console.log(message)
  await worker.terminate()
} else {
  const { shouldGoAway } = await import(modulePath)
  let session
  if (mode === 'inspector') {
    const { Session } = await import('node:inspector/promises')
    session = new Session()
    session.connect()
    await session.post('Runtime.enable')
    await session.post('HeapProfiler.enable')
  }

  class Job {
    constructor(number) {
      this.number = number
      this.payload = Array.from({ length: 20 }, () => number)
    }
  }
  const storage = new AsyncLocalStorage()
  const emitter = new EventEmitter()
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

  const ways = {
    async 'suspended async frame'(number) {
      const job = new Job(number)
      shouldGoAway(job, 'suspended async frame')
      await turn()
      return job.number
    },
    async 'late timer'(number) {
      const job = new Job(number)
      shouldGoAway(job, 'late timer')
      // Holds the job until long after it was watched.
      setTimeout(() => job.payload, 150)
    },
    async 'timer argument'(number) {
      const job = new Job(number)
      shouldGoAway(job, 'timer argument')
      setTimeout((held) => held.number, 50, job)
    },
    async 'caught error'(number) {
      const job = new Job(number)
      shouldGoAway(job, 'caught error')
      try {
        throw Object.assign(new Error('planned'), { job })
      } catch (error) {
        return error.message
      }
    },
    async 'printed'(number) {
      const job = new Job(number)
      shouldGoAway(job, 'printed')
      console.error('%s', job.number, { job })
    },
    async 'async context'(number) {
      const job = new Job(number)
      shouldGoAway(job, 'async context')
      await storage.run(job, () => turn())
    },
    async 'listener that is removed'(number) {
      const job = new Job(number)
      shouldGoAway(job, 'listener that is removed')
      const listener = () => job.number
      emitter.on('event', listener)
      await turn()
      emitter.off('event', listener)
    },
    async 'map entry that is deleted'(number) {
      const job = new Job(number)
      shouldGoAway(job, 'map entry that is deleted')
      const map = new Map([[number, job]])
      await turn()
      map.delete(number)
      return map
    },
    async 'race with a timeout'(number) {
      const job = new Job(number)
      shouldGoAway(job, 'race with a timeout')
      await Promise.race([turn().then(() => job), later(20)])
    },
    async 'generator left half way'(number) {
      const job = new Job(number)
      shouldGoAway(job, 'generator left half way')
      function* numbers() {
        yield job.number
        yield job.payload
      }
      for (const first of numbers()) if (first === number) break
    },
  }

  const kinds = Object.values(ways)
  const tickets = await shouldGoAway.scope(async () => {
    for (let start = 0; start < 1000; start += 100) await Promise.all(Array.from({ length: 100 }, (_, offset) => kinds[offset % kinds.length](start + offset)))
  })
  // What was printed is held by an attached inspector until its console is cleared, and truly still here until then.
  await session?.post('Runtime.discardConsoleEntries')
  // The settled way that a test uses: patience, then the answer of each.
  const answers = {}
  const wrong = {}
  for (const ticket of tickets) {
    const answer = await ticket.answer({ collections: 'forced', patienceMs: 3000 })
    answers[answer] = (answers[answer] ?? 0) + 1
    if (answer !== 'gone') wrong[`${answer}: ${ticket.label}`] = (wrong[`${answer}: ${ticket.label}`] ?? 0) + 1
  }
  session?.disconnect()
  const line = JSON.stringify({ node: process.versions.node, watched: tickets.length, answers, wrong })
  if (isMainThread) console.log(line)
  else parentPort.postMessage(line)
}
