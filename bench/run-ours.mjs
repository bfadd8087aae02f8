// This tool, as built, on one file: totals by class, the 20 biggest printed; what each phase cost on request.
// Plain JavaScript, like the peers' runners, so that nobody pays for stripping types.
// Usage: node run-ours.mjs BUILT FILE [THREADS] [--phases]
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [built, file, threads = ''] = process.argv.slice(2).filter((given) => given !== '--phases')
const load = (path) => import(pathToFileURL(join(built, path)).href)
const { loadHeap } = await load('jobs/load-heap.js')
const { startRun } = await load('base/run.js')

const spent = []
const cpuMs = () => (process.cpuUsage().user + process.cpuUsage().system) / 1000
let step = 'starting'
let since = 0
const enter = (next) => {
  if (next === step) return
  spent.push({ step, cpuMs: cpuMs() - since })
  since = cpuMs()
  step = next
}
const run = startRun({ onProgress: (progress) => enter(progress.step.replace(file, 'file')) })
const { index } = await loadHeap(file, run, threads === '' ? {} : { threads: Number(threads) })
const totals = index.classTotals()
enter('done')
for (const { className, count, shallowBytes, retainedBytes } of totals.slice(0, 20)) console.log(count, shallowBytes, retainedBytes, className.slice(0, 60))
if (process.argv.includes('--phases')) {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  globalThis.gc?.()
  const cost = { cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakBytes: maxRSS * 1024, bytesOfColumns: process.memoryUsage().arrayBuffers }
  console.log(`PHASES ${JSON.stringify(spent)}`)
  console.log(`COST ${JSON.stringify(cost)}`)
}
