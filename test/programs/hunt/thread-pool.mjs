// A server that deals its work out to worker threads named pool. The argument says what becomes of them:
// kept: they stay, and keep nothing. leak: each keeps its jobs. replaced: each ends after 30 jobs, and another takes its place.
// piling: with every tenth job there is one more. asleep: between jobs they sleep in Atomics.wait.
import http from 'node:http'
import { isMainThread, parentPort, receiveMessageOnPort, Worker, workerData } from 'node:worker_threads'

if (isMainThread) {
  const [mode] = process.argv.slice(2)
  const waiting = new Map()
  const bell = new Int32Array(new SharedArrayBuffer(4))
  const start = () => {
    const worker = new Worker(new URL(import.meta.url), { name: 'pool', workerData: { mode, bell } })
    worker.on('message', (done) => {
      waiting.get(done).end('ok')
      waiting.delete(done)
    })
    return { worker, jobs: 0 }
  }
  const pool = [start(), start(), start()]
  let number = 0
  http.createServer((_request, response) => {
    const at = ++number % 3
    if (mode === 'piling' && number % 10 === 0) pool.push(start())
    if (mode === 'replaced' && pool[at].jobs === 30) {
      pool[at].worker.postMessage('end')
      pool[at] = start()
    }
    pool[at].jobs++
    waiting.set(number, response)
    pool[at].worker.postMessage(number)
    Atomics.add(bell, 0, 1)
    Atomics.notify(bell, 0)
  }).listen(0)
} else {
  const { mode, bell } = workerData
  const jobs = []
  const answer = (job) => {
    if (job === 'end') return parentPort.close()
    jobs.push({ job, rows: Array.from({ length: 40 }, (_, row) => ({ row })) })
    if (mode !== 'leak' && jobs.length > 5) jobs.shift()
    parentPort.postMessage(job)
  }
  if (mode === 'asleep') {
    for (;;) {
      const rung = Atomics.load(bell, 0)
      for (let next = receiveMessageOnPort(parentPort); next !== undefined; next = receiveMessageOnPort(parentPort)) answer(next.message)
      Atomics.wait(bell, 0, rung)
    }
  }
  parentPort.on('message', answer)
}
