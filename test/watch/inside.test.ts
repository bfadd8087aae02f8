import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { startRun } from '../../src/base/run.ts'
import { watchProcess } from '../../src/jobs/watch-process.ts'
import { GcLineListener, GcLogFollower } from '../../src/jobs/watch/follow-gc-log.ts'
import type { WatchEvent, WatchOptions } from '../../src/jobs/watch/watch-plan.ts'
import type { Sample } from '../../src/model/memory-series-builder.ts'
import { liveFromGoal } from '../../src/probes/go-collector.ts'
import { parsePerfData, readJvmCounters } from '../../src/probes/jvm-perfdata.ts'
import { readMetricsPage } from '../../src/probes/metrics-page.ts'
import { OwnAccount } from '../../src/probes/own-account.ts'
import { jstat } from '../../src/readers/jstat.ts'
import { growthPrograms } from '../support/growth-programs.ts'
import { hasTool } from '../support/tools.ts'

/** What runtimes say of themselves, on running programs; truth is what the runtime's own tools say at that moment. */

const folder = mkdtempSync(join(tmpdir(), 'inside-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const commands = new Map<string, (which: 'leak' | 'healthy') => string[]>()
beforeAll(() => {
  for (const { language, prepare } of growthPrograms()) if (language !== 'C') commands.set(language, prepare(folder))
}, 120_000)

function start(words: string[], env: Record<string, string> = {}): ChildProcess {
  const child = spawn(words[0]!, words.slice(1), { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env } })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

async function watch(options: Pick<WatchOptions, 'target'> & Partial<WatchOptions>): Promise<{ events: WatchEvent[]; last: Sample }> {
  const events: WatchEvent[] = []
  await watchProcess({ everyMs: 100, forMs: 1500, inside: 'read', onEvent: (event) => events.push(event), ...options }, startRun())
  const last = events.findLast((event) => event.kind === 'sample')
  return { events, last: last?.kind === 'sample' ? last.sample : {} }
}

describe.runIf(process.platform === 'linux' && hasTool('java') && hasTool('javac'))('a JVM', () => {
  test('publishes what jstat shows, without a JVM being started for it', async () => {
    const child = start(commands.get('Java')!('healthy'))
    await vi.waitFor(() => expect(readJvmCounters(child.pid!)?.['gc-count']).toBeGreaterThan(2), 20_000)
    child.kill('SIGSTOP') // both must see the same moment
    const text = execFileSync('jstat', ['-gc', String(child.pid)])
    const own = readJvmCounters(child.pid!)!
    const series = await jstat.read({ name: 'jstat', sizeBytes: text.length, chunks: () => once1(text) }, startRun())
    const its = (metric: 'heap-used' | 'heap-committed' | 'gc-count' | 'gc-full-count'): number => series.metrics.get(metric)![0]!
    // jstat prints tenths of a kB.
    expect(Math.abs(own['heap-used']! - its('heap-used'))).toBeLessThan(1000)
    expect(Math.abs(own['heap-committed']! - its('heap-committed'))).toBeLessThan(1000)
    expect([own['gc-count'], own['gc-full-count']]).toEqual([its('gc-count'), its('gc-full-count')])
    expect(own['heap-limit']).toBeGreaterThan(240e6)
    expect(own['heap-live']).toBeLessThan(own['heap-used']! + 1)
  })

  test('whose counters are cut, or are something else, says nothing', () => {
    expect(parsePerfData(new Uint8Array(10))).toBeUndefined()
    expect(parsePerfData(new TextEncoder().encode('no counters at all, but long enough to look at them'))).toBeUndefined()
    const cut = new Uint8Array(64)
    cut.set([0xca, 0xfe, 0xc0, 0xc0, 1])
    new DataView(cut.buffer).setUint32(24, 32, true)
    new DataView(cut.buffer).setUint32(28, 1000, true)
    new DataView(cut.buffer).setUint32(32, 4_000_000, true)
    expect([...parsePerfData(cut)!]).toEqual([])
  })
})

async function* once1(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

describe.runIf(process.platform === 'linux' && hasTool('go'))('a Go program', () => {
  test('is read by /debug/vars and by /debug/pprof/, which agree', async () => {
    const child = start(commands.get('Go')!('leak'))
    const [first] = (await once(child.stdout!, 'data')) as [Buffer]
    const url = first.toString().trim()
    await vi.waitFor(async () => expect((await readMetricsPage(`${url}/debug/vars`))['gc-count']).toBeGreaterThan(3), 20_000)
    const [byVars, byPprof] = [await readMetricsPage(`${url}/debug/vars`), await readMetricsPage(`${url}/debug/pprof/`)]
    expect(Math.abs(byPprof['heap-used']! - byVars['heap-used']!)).toBeLessThan(0.5 * byVars['heap-used']!)
    expect(byPprof['goroutine-count']).toBeGreaterThanOrEqual(2)
    const { last, events } = await watch({ target: { kind: 'pid', pid: child.pid! }, metricsUrl: `${url}/debug/vars` })
    expect(events).toContainEqual({ kind: 'inside', from: ['the page of metrics'] })
    // GOGC is 100 unless its environment says otherwise: the next goal is twice what was live.
    expect(last['heap-live']).toBeCloseTo(last['heap-goal']! / 2, 0)
  })

  test('that we start tells its collections on stderr; those lines are not passed on, all others are', async () => {
    const { last, events } = await watch({ target: { kind: 'command', command: commands.get('Go')!('leak') }, forMs: 4000 })
    expect(events).toContainEqual({ kind: 'inside', from: ['gctrace'] })
    expect(last['heap-floor']).toBeGreaterThan(1e6)
    expect(last['gc-full-count']).toBeGreaterThan(1)
    expect(events.filter((event) => event.kind === 'output' && /^gc \d/.test(event.line))).toEqual([])
  })

  test('its goal tells what is live, but not when something else set the goal', () => {
    expect(liveFromGoal(100e6, { percent: 100, hasMemoryLimit: false })).toBe(50e6)
    expect(liveFromGoal(125e6, { percent: 25, hasMemoryLimit: false })).toBe(100e6)
    expect(liveFromGoal(4 << 20, { percent: 100, hasMemoryLimit: false })).toBeUndefined() // the smallest there is
    expect(liveFromGoal(100e6, { percent: 100, hasMemoryLimit: true })).toBeUndefined()
    expect(liveFromGoal(100e6, { percent: undefined, hasMemoryLimit: false })).toBeUndefined()
  })
})

describe.runIf(process.platform === 'linux')('a program that keeps an account', () => {
  test.runIf(hasTool('python3'))('of Python tells its collections and what tracemalloc traces', async () => {
    const helper = join(import.meta.dirname, '../../src/python')
    const program = 'import stillhere, gc, time\nkept = bytearray(5_000_000)\nwhile True:\n  gc.collect()\n  time.sleep(0.05)'
    const child = start(['python3', '-X', 'tracemalloc', '-c', program], { PYTHONPATH: helper, STILLHERE_MEASURE: '1' })
    await vi.waitFor(() => expect(OwnAccount.find(child.pid!)?.read()['heap-floor']).toBeGreaterThan(5e6), 20_000)
    const account = OwnAccount.find(child.pid!)!
    expect(account.runtime).toBe('python')
    const sample = account.read()
    expect(sample['heap-used']).toBeGreaterThan(5e6)
    expect(sample['heap-used']).toBeLessThan(20e6)
    await vi.waitFor(() => expect(account.read()['gc-full-count']).toBeGreaterThan(sample['gc-full-count']!), 10_000)
  })

  test('of Node tells what major collections leave; watch says where it has that from', async () => {
    const child = start(commands.get('Node')!('leak'))
    await vi.waitFor(() => expect(OwnAccount.find(child.pid!)?.read()['heap-floor']).toBeGreaterThan(1e6), 20_000)
    const { last, events } = await watch({ target: { kind: 'pid', pid: child.pid! } })
    expect(events).toContainEqual({ kind: 'inside', from: ['stillhere inside it'] })
    expect(last['heap-floor']).toBeLessThanOrEqual(last['heap-committed']!)
    expect(last['context-count']).toBeGreaterThanOrEqual(1)
  })

  test('that stopped writing it is not believed for ever', async () => {
    const child = start(commands.get('Node')!('leak'))
    // Found as soon as it is opened, which is a moment before the first line is in it.
    await vi.waitFor(() => expect(Object.keys(OwnAccount.find(child.pid!)?.read() ?? {})).not.toEqual([]), 20_000)
    const account = OwnAccount.find(child.pid!)!
    expect(account.read({ nowMs: Date.now() + 60_000 })).toEqual({})
  })

  test('is not seen in one that keeps none', () => {
    expect(OwnAccount.find(process.pid)).toBeUndefined()
  })
})

describe.runIf(process.platform === 'linux')('a family of which one tells of its heap', () => {
  const member = (leaks: boolean): string => `const kept = []; setInterval(() => ${leaks ? "kept.push(Buffer.alloc(200_000, 1))" : '0'}, 20)`
  /** It holds most when it is first looked at, so it is the one that is asked. */
  const family = async (parentLeaks: boolean, childrenLeak: boolean): Promise<WatchEvent[]> => {
    const program = `const held = Buffer.alloc(60e6, 1); for (let i = 0; i < 2; i++) require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(member(childrenLeak))}]); ${member(parentLeaks)}; setInterval(() => held.length, 1e6)`
    const { events } = await watch({ target: { kind: 'command', command: [process.execPath, '--inspect=127.0.0.1:0', '-e', program] }, everyMs: 50, forMs: 7000, streams: 'told' })
    return events
  }
  const others = /in other processes than pid \d+, which tells of its heap/

  test('leaks when the others do: judged by the memory of all', async () => {
    const events = await family(false, true)
    expect(events.find((event) => event.kind === 'inside-of-one')).toMatchObject({ others: 2 })
    const { verdict } = events.findLast((event) => event.kind === 'verdict')!
    expect(verdict).toMatchObject({ verdict: 'leak', kind: 'process' })
    expect(verdict.reasons.map(({ text }) => text).join()).toMatch(others)
    // Twice 10 MB a second are 72 GB an hour; less on a busy machine.
    expect(verdict.rate!.value).toBeGreaterThan(15e9)
    expect(verdict.rate!.value).toBeLessThan(80e9)
  }, 60_000)

  test('is judged from inside when the one that tells is the one that grows', async () => {
    const { verdict } = (await family(true, false)).findLast((event) => event.kind === 'verdict')!
    expect(verdict).toMatchObject({ verdict: 'leak', kind: 'external' })
    expect(verdict.reasons.map(({ text }) => text).join()).not.toMatch(others)
  }, 60_000)
})

describe('a collector’s log', () => {
  const LINE = (n: number, live: number): string => `gc ${n} @${n}.5s 1%: 0.01+0.5+0.01 ms clock, 0.02+0.1/0.2/0.3+0.02 ms cpu, ${live + 3}->${live + 4}->${live} MB, ${2 * live} MB goal, 0 MB stacks, 0 MB globals, 2 P\n`

  test('is followed while it grows, and read anew when it is begun anew', async () => {
    const path = join(folder, 'gc.log')
    let nowMs = 0
    const follower = new GcLogFollower(path, { nowMs: () => (nowMs += 100) })
    expect(await follower.read()).toEqual({})
    writeFileSync(path, 'starting the service\n')
    expect(await follower.read()).toEqual({})
    nowMs += 60_000
    appendFileSync(path, LINE(1, 10) + LINE(2, 12))
    expect(await follower.read()).toMatchObject({ 'heap-floor': 12 * 1048576, 'gc-full-count': 2 })
    nowMs += 60_000
    appendFileSync(path, LINE(3, 15))
    expect(await follower.read()).toMatchObject({ 'heap-floor': 15 * 1048576, 'gc-full-count': 3 })
    nowMs += 60_000
    writeFileSync(path, LINE(1, 4))
    expect(await follower.read()).toMatchObject({ 'heap-floor': 4 * 1048576, 'gc-full-count': 1 })
  })

  test('that begins with pages of the program’s own words is known by the collections in it', async () => {
    const path = join(folder, 'mixed.log')
    writeFileSync(path, 'GET /checkout 200 in 12 ms\n'.repeat(1000))
    const follower = new GcLogFollower(path)
    expect(await follower.read()).toEqual({})
    appendFileSync(path, LINE(1, 10) + 'GET /checkout 200 in 12 ms\n' + LINE(2, 12))
    expect(await follower.read()).toMatchObject({ 'heap-floor': 12 * 1048576, 'gc-full-count': 2 })
    appendFileSync(path, LINE(3, 15))
    expect(await follower.read()).toMatchObject({ 'heap-floor': 15 * 1048576, 'gc-full-count': 3 })
  })

  test('that takes long to read is read the more seldom', async () => {
    const path = join(folder, 'slow.log')
    writeFileSync(path, `${LINE(1, 10)}${'a line of the program between\n'.repeat(40_000)}`)
    let nowMs = 0
    const follower = new GcLogFollower(path, { nowMs: () => (nowMs += 500) }) // each look at the clock is half a second later
    await follower.read()
    appendFileSync(path, LINE(2, 20))
    nowMs += 10_000
    expect((await follower.read())['gc-full-count']).toBe(1)
    nowMs += 60_000
    expect((await follower.read())['gc-full-count']).toBe(2)
  })

  test('line by line gives the same, and knows what is none of it', async () => {
    const listener = new GcLineListener()
    expect(await listener.hear(LINE(1, 10).trim())).toBe(true)
    expect(await listener.hear('listening on 8080')).toBe(false)
    expect(await listener.hear('gc 2 @ is what somebody printed')).toBe(false)
    expect(await listener.read()).toMatchObject({ 'heap-floor': 10 * 1048576, 'gc-full-count': 1 })
  })

  test.runIf(process.platform === 'linux' && hasTool('java'))('of a JVM beside its process is the live heap of the verdict', async () => {
    const log = join(folder, 'jvm-gc.log')
    const words = commands.get('Java')!('leak')
    const { last, events } = await watch({ target: { kind: 'command', command: [words[0]!, `-Xlog:gc*:file=${log}`, '-XX:-UsePerfData', ...words.slice(1)] }, gcLogPath: log, forMs: 5000 })
    expect(events).toContainEqual({ kind: 'inside', from: ['the GC log'] })
    expect(readFileSync(log, 'utf8')).toMatch(/Pause Young/)
    expect(last['heap-live']).toBeGreaterThan(500_000)
    expect(last['gc-count']).toBeGreaterThan(1)
  })
})

describe('a page of metrics', () => {
  test('that answers rubbish, nothing or an error is refused in words', async () => {
    const server = createServer((request, response) => {
      if (request.url === '/error') response.statusCode = 500
      response.end(request.url === '/json' ? '{"status":"ok"}' : request.url === '/debug/pprof/heap?debug=1' ? 'heap profile: none' : 'hello')
    }).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    await expect(readMetricsPage(`${base}/error`)).rejects.toThrow(/it answered 500/)
    await expect(readMetricsPage(`${base}/json`)).rejects.toThrow(/is not on the page/)
    await expect(readMetricsPage(`${base}/text`)).rejects.toThrow(/is not on the page/)
    await expect(readMetricsPage(`${base}/debug/pprof/`)).rejects.toThrow(/no memory numbers of Go/)
    await expect(readMetricsPage('http://127.0.0.1:1/metrics')).rejects.toThrow(/reading its metrics/)
  })

  test.runIf(process.platform === 'linux')('is read at each sample, with the requests served; a page that goes away later is a gap', async () => {
    let asked = 0
    const server = createServer((_, response) => {
      asked++
      if (asked > 8) return void response.destroy()
      response.end(`# TYPE nodejs_heap_size_used_bytes gauge\nnodejs_heap_size_used_bytes ${1e6 * asked}\n# TYPE http_requests_total counter\nhttp_requests_total{code="200"} ${10 * asked}\nhttp_requests_total{code="500"} ${asked}\n`)
    }).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const child = start(['sleep', '20'])
    const { events, last } = await watch({ target: { kind: 'pid', pid: child.pid! }, metricsUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics` })
    const told = events.flatMap((event) => (event.kind === 'sample' ? [event.sample] : []))
    expect(told[0]).toMatchObject({ 'heap-used': 2e6, 'request-total': 22 })
    expect(last['heap-used']).toBeUndefined()
    expect(last.rss).toBeGreaterThan(0)
  })

  test.runIf(process.platform === 'linux')('of a program that we start may come later, and when it never does that is said', async () => {
    const { events } = await watch({ target: { kind: 'command', command: ['sleep', '20'] }, metricsUrl: 'http://127.0.0.1:1/metrics', everyMs: 20, forMs: 3500 })
    expect(events).toContainEqual({ kind: 'silent', from: ['the page of metrics'] })
  })
})
