// Records programs with known behaviour as labelled traces, to fit the memory verdict on (scripts/fit-verdict.ts --traces).
//
//   node scripts/fit/record-programs.ts --out DIR [--count 200] [--parallel 16] [--seed 1] [--until HH:MM]
//
// Programs in Node, CPython, C, Go and Java (scripts/fit/programs) are told what to allocate, hold and drop; /proc and the
// runtime's own counters are read as a monitor would. Minutes stand for hours. A trace takes 140–280 seconds of real time;
// many are recorded at once, since the programs mostly sleep. Needs gcc, go, javac and python3.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { seeded } from '../../test/support/generated-series.ts'
import { drawScenario, type Scenario } from './behaviours.ts'

const { values: options } = parseArgs({
  options: {
    out: { type: 'string', default: 'traces' },
    count: { type: 'string', default: '200' },
    parallel: { type: 'string', default: '16' },
    seed: { type: 'string', default: '1' },
    node: { type: 'string', multiple: true, default: [process.execPath] },
    kinds: { type: 'string', default: '' },
    until: { type: 'string', default: '' },
  },
})

const PROGRAMS = join(import.meta.dirname, 'programs')
const OUT = options.out
const BUILT = join(OUT, 'built')
mkdirSync(BUILT, { recursive: true })

function build(): void {
  execFileSync('gcc', ['-O1', '-pthread', '-o', join(BUILT, 'worker'), join(PROGRAMS, 'worker.c')])
  execFileSync('go', ['build', '-o', join(BUILT, 'worker-go'), join(PROGRAMS, 'worker.go')], { env: { ...process.env, GO111MODULE: 'off', GOCACHE: join(BUILT, 'go-cache') } })
  execFileSync('javac', ['-d', BUILT, join(PROGRAMS, 'Worker.java')])
}

function commandOf(scenario: Scenario, seed: number): string[] {
  const node = options.node[seed % options.node.length]!
  switch (scenario.runtime) {
    case 'node':
      return [node, '--expose-gc', ...scenario.flags, join(PROGRAMS, 'worker.mjs')]
    case 'python':
      return ['python3', join(PROGRAMS, 'worker.py'), ...scenario.flags]
    case 'c':
      return [join(BUILT, 'worker')]
    case 'go':
      return [join(BUILT, 'worker-go')]
    default:
      return ['java', ...scenario.flags, '-cp', BUILT, 'Worker']
  }
}

const RUNTIME_NAMES = { node: 'node', python: 'py', c: 'c', go: 'go', java: 'java' } as const
const COLUMNS = ['t', 'epoch', 'rss', 'anon', 'file', 'shmem', 'lazyfree', 'heap_used', 'heap_after', 'heap_after_full', 'heap_total', 'external', 'gc', 'gc_full', 'requests', 'errors', 'fds', 'threads'] as const
type Row = Partial<Record<(typeof COLUMNS)[number], number>>

interface Worker {
  process: ChildProcess
  latest: Row
  leaked: Promise<number>
}

function start(scenario: Scenario, seed: number): Worker {
  const [command, ...args] = commandOf(scenario, seed)
  const child = spawn(command!, args, { stdio: ['pipe', 'pipe', 'ignore'], env: { ...process.env, ...scenario.environment } })
  child.stdin.on('error', () => {})
  child.on('error', (error) => console.error(error.message))
  const worker: Worker = { process: child, latest: {}, leaked: Promise.resolve(0) }
  worker.leaked = new Promise((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const words = line.split(' ').map((word) => word.split('='))
      if (words[0]![0] === 'leaked') resolve(Number(words[0]![1]))
      else worker.latest = Object.fromEntries(words.filter(([, value]) => value !== '').map(([name, value]) => [name, Number(value)]))
    })
    child.on('exit', () => resolve(Number.NaN))
  })
  return worker
}

function readProcess(pid: number, lazy: boolean): Row | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const field = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? Number.NaN)
    const row: Row = { rss: field('VmRSS'), anon: field('RssAnon'), file: field('RssFile'), shmem: field('RssShmem'), threads: field('Threads'), fds: readdirSync(`/proc/${pid}/fd`).length }
    if (lazy) row.lazyfree = Number(/LazyFree:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0)
    return Number.isNaN(row.rss) ? undefined : row
  } catch {
    return undefined
  }
}

async function record(seed: number): Promise<void> {
  const random = seeded(seed)
  const scenario = drawScenario(random, options.kinds === '' ? undefined : options.kinds.split(','))
  let worker = start(scenario, seed)
  const rows: Row[] = []
  const began = performance.now()
  let requests = 0
  let errors = 0
  let due = 0
  let load = scenario.load(0)
  let last = 0
  let nextSample = random.between(0.3, 0.4)
  let nextProbe = scenario.probeSeconds / 2
  let epoch = 0
  for (;;) {
    await sleep(20)
    const second = (performance.now() - began) / 1000
    if (second >= scenario.duration) break
    const share = second / scenario.duration
    const passed = second - last
    last = second
    const now = share < scenario.idleFrom ? scenario.load(share) : 0
    load += (now - load) * Math.min(1, passed / 2)
    due += scenario.requestsPerSecond * now * passed * (0.8 + 0.4 * random.next())
    const served = Math.floor(due)
    due -= served
    requests += served
    let failed = 0
    for (let i = 0; i < served; i++) if (random.chance(scenario.errorShare)) failed++
    errors += failed
    const lines: string[] = []
    for (const behaviour of scenario.behaviours) behaviour.tick({ second, share, requests: served, errors: failed, load }, (line) => lines.push(line))
    if (second >= nextSample) {
      nextSample += 1 / scenario.hz
      const row = readProcess(worker.process.pid!, scenario.needsLazyFree)
      if (row !== undefined) rows.push({ t: Number(second.toFixed(2)), ...(scenario.restartAt > 0 ? { epoch } : {}), ...row, ...(scenario.reports ? worker.latest : {}), requests, ...(scenario.errorShare > 0 ? { errors } : {}) })
      lines.push('S')
    }
    if (scenario.probeSeconds > 0 && second >= nextProbe) {
      nextProbe += scenario.probeSeconds
      lines.push('C')
    }
    if (lines.length > 0) worker.process.stdin!.write(`${lines.join('\n')}\n`)
    if (epoch === 0 && scenario.restartAt > 0 && second >= scenario.restartAt) {
      worker.process.kill('SIGKILL')
      worker = start(scenario, seed + 1)
      epoch = 1
      await sleep(800)
    }
  }
  const seconds = (performance.now() - began) / 1000
  worker.process.stdin!.write('E\n')
  const timer = setTimeout(() => worker.process.kill('SIGKILL'), 20_000)
  const leaked = await worker.leaked
  clearTimeout(timer)
  worker.process.kill('SIGKILL')
  save(seed, scenario, rows, leaked, epoch === 1 ? seconds - scenario.restartAt : seconds)
}

function save(seed: number, scenario: Scenario, rows: readonly Row[], leaked: number, seconds: number): void {
  const leaks = scenario.label === 'leak'
  const active = scenario.byTime ? seconds - scenario.leakStart : Math.min(seconds, scenario.idleFrom * scenario.duration) - scenario.leakStart
  let rate = leaks ? (leaked / active) * 3600 : 0
  let source = leaks ? 'accounted' : 'none'
  if (leaks && !(rate > 1e5)) {
    const half = rows.slice(rows.length >> 2)
    rate = ((half.at(-1)!.anon! - half[0]!.anon!) * 1024 * 3600) / (half.at(-1)!.t! - half[0]!.t!)
    source = 'anon-slope'
  }
  const used = COLUMNS.filter((name) => rows.some((row) => (row[name] ?? 0) > 0) || name === 'requests')
  const constant = used.filter((name) => name !== 't' && rows.every((row) => row[name] === rows[0]![name]))
  const header = used.filter((name) => !constant.includes(name))
  const limit = Math.ceil((Math.max(...rows.map((row) => row.rss ?? 0)) * 1.5) / 16_384) * 16_384
  const file = `r${String(seed).padStart(4, '0')}.csv`
  const text = [
    `# runtime=${RUNTIME_NAMES[scenario.runtime]} hz=${scenario.hz} limit_kib=${limit} hour_s=${scenario.duration / 4}${constant.map((name) => ` const_${name}=${rows[0]![name]}`).join('')}`,
    header.join(','),
    ...rows.map((row) => header.map((name) => row[name] ?? '').join(',')),
    '',
  ].join('\n')
  writeFileSync(join(OUT, file), text)
  const label = { file, name: `${RUNTIME_NAMES[scenario.runtime]}-${scenario.kind}`, runtime: RUNTIME_NAMES[scenario.runtime], label: scenario.label, accept: scenario.accept, kind: scenario.kind, leakRateBytesPerHour: Math.round(rate), leakStart: leaks ? scenario.leakStart : null, rateSource: source, duration: scenario.duration, samples: rows.length, limitKiB: limit, flags: [...scenario.flags, ...Object.entries(scenario.environment).map((pair) => pair.join('='))].join(' '), origin: 'real' }
  const list = join(OUT, 'labels.json')
  const labels = existsSync(list) ? (JSON.parse(readFileSync(list, 'utf8')) as { file: string }[]) : []
  writeFileSync(list, JSON.stringify([...labels.filter((each) => each.file !== file), label], undefined, 1))
}

build()
let next = Number(options.seed)
const end = next + Number(options.count)
const timeUp = (): boolean => options.until !== '' && new Date().toTimeString().slice(0, 5) >= options.until
await Promise.all(
  Array.from({ length: Number(options.parallel) }, async (_, lane) => {
    await sleep(lane * 700)
    while (next < end && !timeUp()) {
      const seed = next++
      try {
        await record(seed)
      } catch (error) {
        console.error(`seed ${seed}: ${(error as Error).message}`)
      }
    }
  }),
)
