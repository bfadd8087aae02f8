// What watching costs, of the built command. `npm run build && node bench/watch.ts all` adds idle processes, and 12 that grow, until there are 300, watches all once a second, and says what share
// of one core and how much memory `watch --all` takes. `node bench/watch.ts store [processes] [days]` writes samples each five
// seconds for thirty days, with the clock simulated, and says how large the store is after each week, and how long it takes
// to open it, to list what it holds, and to read and judge one process of it.
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { judgeSeries } from '../src/analysis/series/judge-series.ts'
import { MemorySeriesBuilder, type Sample } from '../src/model/memory-series-builder.ts'
import { Store } from '../src/store/store.ts'

const DAY = 86_400_000
const HOUR = 3_600_000
const PROCESSES = 300
const GROWING = 12
const WARM_UP_S = 15
const MEASURED_S = 60

const [what = 'all', first, second] = process.argv.slice(2)
if (what === 'all') await measureAll()
else if (what === 'store') await measureStore(Number(first ?? 50), Number(second ?? 30))
else throw new Error(`all or store, not ${what}`)

async function measureAll(): Promise<void> {
  const growing = 'import time\nkept=[]\nwhile True:\n  kept.append(bytearray(50000)); time.sleep(0.5)'
  const crowd: ChildProcess[] = [
    ...Array.from({ length: Math.max(0, PROCESSES - GROWING - processCount()) }, () => spawn('sleep', ['600'], { stdio: 'ignore' })),
    ...Array.from({ length: GROWING }, () => spawn('python3', ['-c', growing], { stdio: 'ignore' })),
  ]
  const watch = spawn(process.execPath, [process.env['STILLHERE_MAIN'] ?? join(import.meta.dirname, '../dist/cli/main.js'), 'watch', '--all', '--every', '1s', '--json'], { stdio: 'ignore' })
  try {
    await seconds(WARM_UP_S)
    const before = cpuSeconds(watch.pid!)
    const processes = processCount()
    await seconds(MEASURED_S)
    const used = cpuSeconds(watch.pid!) - before
    const peak = Number(/^VmHWM:\s*(\d+) kB/m.exec(readFileSync(`/proc/${watch.pid}/status`, 'utf8'))?.[1]) * 1024
    console.log(`watch --all, ${processes} processes, each second for ${MEASURED_S} s: ${((100 * used) / MEASURED_S).toFixed(2)} % of a core, ${((1000 * used) / MEASURED_S).toFixed(1)} ms a look, at most ${(peak / 1e6).toFixed(0)} MB`)
  } finally {
    watch.kill('SIGKILL')
    for (const child of crowd) child.kill('SIGKILL')
  }
}

async function measureStore(processes: number, days: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-store-'))
  const path = join(folder, 'store.sqlite')
  try {
    await fillStore(path, processes, days)
    await timeStore(path)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function fillStore(path: string, processes: number, days: number): Promise<void> {
  using store = await Store.open(path)
  const startMs = Date.UTC(2026, 0, 1)
  const ids = Array.from({ length: processes }, (_, i) => store.enter({ pid: 1000 + i, startedAtMs: startMs - i * 1000, command: `service ${i}` }, startMs))
  for (let day = 0; day < days; day++) {
    for (let hour = 0; hour < 24; hour++) {
      const fromMs = startMs + day * DAY + hour * HOUR
      for (const [i, id] of ids.entries()) store.addSeries(id, hourOf(i, fromMs))
      store.thin(fromMs + HOUR) // as a watch does
    }
    if ((day + 1) % 7 === 0 || day + 1 === days) console.log(`after ${day + 1} days, ${processes} processes each 5 s: ${((statSync(path).size + (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0)) / 1e6).toFixed(1)} MB`)
  }
}

async function timeStore(path: string): Promise<void> {
  const said: string[] = []
  let fromMs = performance.now()
  const lap = (what: string): void => {
    said.push(`${what} ${(performance.now() - fromMs).toFixed(0)} ms`)
    fromMs = performance.now()
  }
  using store = await Store.open(path)
  lap('opened in')
  const [first] = store.list()
  lap('listed in')
  const series = store.series(first!.id)!
  lap(`${series.sampleCount} samples of one process read in`)
  judgeSeries(series)
  lap('judged in')
  console.log(said.join(', '))
}

/** An hour of a service: a daily course, a sawtooth of collections, and no two values alike, as in life. */
function hourOf(service: number, fromMs: number): ReturnType<MemorySeriesBuilder['finish']> {
  const builder = new MemorySeriesBuilder({ name: 'bench', format: 'bench', idsAreStable: false, notices: [] }, {})
  let state = (service + 1) * 2_654_435_761 + fromMs / 1000
  const noise = (): number => ((state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648) * 4096
  for (let timeMs = fromMs; timeMs < fromMs + HOUR; timeMs += 5000) {
    const load = 0.5 + 0.5 * Math.sin((timeMs / DAY) * 2 * Math.PI)
    const anon = 300e6 + 200e6 * load + ((timeMs / 5000) % 60) * 1e6 + noise() * 1000
    const sample: Sample = { rss: anon + 40e6, 'rss-anon': anon, 'rss-file': 40e6 + noise(), 'rss-shmem': 0, swap: 0, vsize: 2e9 + noise() * 4096, 'heap-used': anon * 0.8 + noise() * 1000, 'heap-committed': 600e6, external: 5e6 + noise(), 'thread-count': 12, 'fd-count': 40 + Math.round(20 * load) }
    builder.add(timeMs, sample)
  }
  return builder.finish()
}

function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

function processCount(): number {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).length
}

function seconds(count: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, count * 1000))
}
