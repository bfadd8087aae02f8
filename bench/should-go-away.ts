/**
 * What `shouldGoAway` costs: time and memory of a watch at 10, 10 000 and 100 000 watches, of one that is turned away, and
 * of loading it. Run: `npm run build && node bench/should-go-away.ts` (Node 24). CPU time, not wall time, and the least of
 * some rounds in fresh processes: other work on the machine only ever adds. What watches take from a web service:
 * bench/express-watches.ts.
 */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const [task, ...args] = process.argv.slice(2)
const self = fileURLToPath(import.meta.url)
const collect = (): void => {
  for (let round = 0; round < 3; round++) (globalThis as unknown as { gc(): void }).gc()
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const median = (numbers: number[]): number => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!

if (task === undefined) runAll()
else if (task === 'watches') await measureWatches(Number(args[0]), args[1] ?? '')
else await measureLoading(task)

function runAll(): void {
  console.log(`Node ${process.versions.node}`)
  console.log('watches                ns/watch   bytes/watch   full gc without/with (ms)')
  for (const [count, kind] of [[10, ''], [10_000, ''], [100_000, ''], [10_000, 'stack'], [10_000, 'away']] as const) {
    const rounds = Array.from({ length: 7 }, () => measure<'ns' | 'bytes' | 'gcBefore' | 'gcWith'>(['--expose-gc', self, 'watches', String(count), kind]))
    const of = (key: keyof (typeof rounds)[0]): number => Math.min(...rounds.map((round) => round[key]))
    console.log(`${`${count} ${kind}`.padEnd(20)} ${of('ns').toFixed(0).padStart(10)} ${of('bytes').toFixed(0).padStart(13)} ${`${of('gcBefore').toFixed(1)} / ${of('gcWith').toFixed(1)}`.padStart(16)}`)
  }
  for (const entry of ['dist/index.js', 'dist/in-process/should-go-away.js']) {
    const file = fileURLToPath(new URL(`../${entry}`, import.meta.url))
    if (!existsSync(file)) continue
    const rounds = Array.from({ length: 7 }, () => measure<'ms' | 'bytes'>(['--expose-gc', self, file]))
    console.log(`loading ${entry}: ${Math.min(...rounds.map(({ ms }) => ms)).toFixed(1)} ms CPU, ${(Math.min(...rounds.map(({ bytes }) => bytes)) / 1000).toFixed(0)} kB of heap`)
  }
}

function measure<Key extends string>(given: readonly string[]): Record<Key, number> {
  return JSON.parse(execFileSync(process.execPath, given, { encoding: 'utf8' })) as Record<Key, number>
}

async function measureLoading(file: string): Promise<void> {
  collect()
  const before = process.memoryUsage().heapUsed
  const cpu = process.cpuUsage()
  await import(file)
  const { user, system } = process.cpuUsage(cpu)
  collect()
  console.log(JSON.stringify({ ms: (user + system) / 1000, bytes: process.memoryUsage().heapUsed - before }))
}

async function measureWatches(count: number, kind: string): Promise<void> {
  const { createShouldGoAway } = await import('../src/in-process/should-go-away.ts')
  const shouldGoAway = createShouldGoAway()
  shouldGoAway.configure({ cap: kind === 'away' ? 100 : 1_000_000, stack: kind === 'stack' ? 1 : 0, within: 3_600_000 })
  class Subject {
    number: number
    constructor(number: number) {
      this.number = number
    }
  }
  const make = (many: number): Subject[] => Array.from({ length: many }, (_, number) => new Subject(number))
  // Warm: code compiled, the observer and the timer started.
  for (const each of make(2000)) shouldGoAway(each, 'warm')
  for (let round = 0; round < 5; round++) {
    await turn()
    collect()
    await turn()
  }
  const subjects = make(count)
  collect()
  await turn()
  const before = process.memoryUsage().heapUsed
  const gcBefore = timeGc()
  const cpu = process.cpuUsage()
  for (const each of subjects) shouldGoAway(each, 'subject')
  const { user, system } = process.cpuUsage(cpu)
  await turn()
  collect()
  await turn()
  const bytes = (process.memoryUsage().heapUsed - before) / count
  const gcWith = timeGc()
  console.log(JSON.stringify({ ns: (1000 * (user + system)) / count, bytes, gcBefore, gcWith }))
  shouldGoAway.stop()
}

function timeGc(): number {
  const times = Array.from({ length: 5 }, () => {
    const start = process.cpuUsage()
    collect()
    const { user, system } = process.cpuUsage(start)
    return (user + system) / 3000
  })
  return median(times)
}
