// A server that gives its work to a worker thread, which keeps every job.
import http from 'node:http'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url))
  const waiting = new Map()
  let number = 0
  worker.on('message', (done) => {
    waiting.get(done).end('ok')
    waiting.delete(done)
  })
  http.createServer((_request, response) => {
    waiting.set(++number, response)
    worker.postMessage(number)
  }).listen(0)
} else {
  const jobs = []
  parentPort.on('message', (job) => {
    jobs.push({ job, rows: Array.from({ length: 20 }, (_, row) => ({ row })) })
    parentPort.postMessage(job)
  })
}
