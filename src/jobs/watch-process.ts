import { spawn, type ChildProcess } from 'node:child_process'
import { ProbeError, UsageError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import { judgeSeries } from '../analysis/series/judge-series.ts'
import type { MemorySeries } from '../model/memory-series.ts'
import type { Sample } from '../model/memory-series-builder.ts'
import type { SeriesVerdict } from '../model/series-verdict.ts'
import { findInspector } from '../probes/attached-program.ts'
import { commandOf, LinuxMemory, listProcesses, runtimeOf } from '../probes/linux-memory.ts'
import { processTree } from '../probes/linux-process.ts'
import { readMetricsPage } from '../probes/metrics-page.ts'
import { NodeInspector } from '../probes/node-inspector.ts'
import { Store } from '../store/store.ts'
import { Recorder } from './watch/recorder.ts'

/** What to watch. By name it is followed through its restarts. */
export type WatchTarget = { kind: 'command'; command: readonly string[] } | { kind: 'pid'; pid: number } | { kind: 'name'; name: string }

export interface WatchOptions {
  target: WatchTarget
  everyMs: number
  /** Ends after this long; absent: until it ends or is stopped. */
  forMs?: number | undefined
  /** Count what it started as its own memory. */
  children?: 'with' | 'without' | undefined
  metricsUrl?: string | undefined
  /** Read what the runtime says through an inspector that is open already. */
  inside?: 'read' | 'leave' | undefined
  storePath?: string | undefined
  onEvent?: ((event: WatchEvent) => void) | undefined
}

export type WatchEvent =
  | { kind: 'started'; pid: number; command: string; closed: string[] }
  | { kind: 'sample'; timeMs: number; sample: Sample; series(): MemorySeries }
  | { kind: 'verdict'; timeMs: number; verdict: SeriesVerdict }
  | { kind: 'restarted'; pid: number }
  | { kind: 'slept'; ms: number }
  | { kind: 'ended'; why: string }

export interface WatchResult {
  series: MemorySeries
  verdict: SeriesVerdict
  ended: string
}

/** First word at this many samples, then each tenth of added length. */
const FIRST_VERDICT = 60
/** smaps_rollup and the group are read at most this often: they cost, and they move slowly. */
const DEEP_EVERY_MS = 60_000

/**
 * Watches one process, judges it as the watch grows longer, and gives the last word when it ends, is stopped or time is up.
 * What it does to the process: reads files in /proc; asks an inspector that is open already for numbers; nothing else.
 * @throws ProbeError when it cannot be read at all; StoreError; UsageError
 */
export async function watchProcess(options: WatchOptions, run: Run): Promise<WatchResult> {
  const say = options.onEvent ?? ((): void => undefined)
  const child = options.target.kind === 'command' ? await start(options.target.command) : undefined
  // Wrappers (npx, pyenv, env) become the program they wrap by exec; its name is the one to show.
  if (child !== undefined) await pause(300, run)
  const store = options.storePath === undefined ? undefined : await Store.open(options.storePath)
  let watched = LinuxMemory.open(child?.pid ?? (await pidOf(options.target, run)))
  let inside = await openInside(watched.pid, options)
  const identity = (): MemorySeries['process'] => ({ pid: watched.pid, command: watched.command, startedAtMs: watched.startedAtMs, runtime: inside?.runtime ?? runtimeOf(watched.pid) })
  const recorder = new Recorder(identity())
  const enter = (): number | undefined => store?.enter({ ...identity(), pid: watched.pid, command: watched.command, startedAtMs: watched.startedAtMs }, Date.now())
  let stored = enter()
  store?.thin(Date.now())
  const name = `pid ${watched.pid}`
  say({ kind: 'started', pid: watched.pid, command: watched.command, closed: watched.whatIsClosed() })
  const startedMs = Date.now()
  let nextVerdict = FIRST_VERDICT
  let deepAt = -Infinity
  let lastMs = startedMs
  let ended = ''
  try {
    while (ended === '') {
      const now = Date.now()
      const state = watched.read()
      if (typeof state === 'string') {
        const again = options.target.kind === 'name' ? await pidByName(options.target.name, run, startedMs + (options.forMs ?? Infinity)) : undefined
        if (again === undefined) {
          ended = state === 'gone' ? 'it ended' : 'another process took its pid'
          break
        }
        await inside?.close()
        watched = LinuxMemory.open(again)
        inside = await openInside(again, options)
        recorder.restart(identity())
        stored = enter()
        say({ kind: 'restarted', pid: again })
        continue
      }
      if (now - lastMs > Math.max(10 * options.everyMs, 10_000)) say({ kind: 'slept', ms: now - lastMs })
      lastMs = now
      const sample: Sample = { ...state, ...(options.children === 'with' ? withChildren(watched.pid, state) : {}), ...(await inside?.read()) }
      if (now - deepAt >= DEEP_EVERY_MS) {
        Object.assign(sample, watched.readDeep())
        deepAt = now
      }
      recorder.add(now, sample)
      // A program that has just been started opens its inspector when it is ready, not when we look first.
      if (inside === undefined && (recorder.sampleCount === 5 || recorder.sampleCount === 30)) inside = await openInside(watched.pid, options)
      if (stored !== undefined) store?.add(stored, now, sample)
      say({ kind: 'sample', timeMs: now, sample, series: () => recorder.series(name) })
      if (recorder.sampleCount >= nextVerdict) {
        nextVerdict = Math.ceil(nextVerdict * 1.1)
        const verdict = judgeSeries(recorder.series(name))
        if (stored !== undefined) store?.addVerdict(stored, now, verdict)
        say({ kind: 'verdict', timeMs: now, verdict })
      }
      if (options.forMs !== undefined && Date.now() - startedMs >= options.forMs) ended = 'the time was up'
      else if (!(await pause(now + options.everyMs - Date.now(), run))) ended = 'it was stopped'
    }
    say({ kind: 'ended', why: ended })
    const series = recorder.series(name)
    const verdict = judgeSeries(series)
    if (stored !== undefined) store?.addVerdict(stored, Date.now(), verdict)
    return { series, verdict, ended }
  } finally {
    await inside?.close()
    store?.close()
    child?.kill('SIGTERM')
  }
}

/** Numbers from inside the runtime, where they can be had without changing the program. */
interface Inside {
  runtime?: string | undefined
  read(): Promise<Sample>
  close(): Promise<void>
}

async function openInside(pid: number, options: WatchOptions): Promise<Inside | undefined> {
  const url = options.metricsUrl
  if (url !== undefined) {
    await readMetricsPage(url) // refuse at once what will never answer
    // A page that fails once later is a gap, not the end of the watch.
    return { read: () => readMetricsPage(url).catch(() => ({})), close: () => Promise.resolve() }
  }
  if (options.inside !== 'read') return undefined
  const inspectorUrl = await findInspector(pid)
  if (inspectorUrl === undefined) return undefined
  const inspector = await NodeInspector.open(inspectorUrl, `pid ${pid}`)
  return {
    runtime: 'node',
    read: () => readInspector(inspector).catch(() => ({})),
    close: () => inspector.close(),
  }
}

async function readInspector(inspector: NodeInspector): Promise<Sample> {
  const memory = await inspector.readMemory()
  return {
    'heap-used': memory.heapUsedBytes,
    'heap-committed': memory.heapCommittedBytes,
    'heap-limit': memory.heapLimitBytes,
    external: memory.externalBytes,
    'array-buffers': memory.arrayBuffersBytes,
    'context-count': memory.contextCount,
    'handle-count': memory.handleCount,
  }
}

/** Memory of what it started is added to its own; its other numbers stay its own. */
function withChildren(pid: number, own: Sample): Sample {
  const total: Sample = { ...own }
  for (const each of processTree(pid).slice(1)) {
    let sample: Sample | string
    try {
      sample = LinuxMemory.open(each).read()
    } catch {
      continue // it ended between listing and reading
    }
    if (typeof sample === 'string') continue
    for (const metric of ['rss', 'rss-anon', 'rss-file', 'swap'] as const) total[metric] = (total[metric] ?? 0) + (sample[metric] ?? 0)
  }
  return total
}

async function start(command: readonly string[]): Promise<ChildProcess> {
  const [file, ...args] = command
  if (file === undefined) throw new UsageError({ argument: 'command', given: 'nothing', allowed: 'a program to start after --' })
  // What it prints goes to stderr, so that our own output stays alone on stdout.
  const child = spawn(file, args, { stdio: ['inherit', 2, 2] })
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (error: Error) => reject(new ProbeError({ target: file, step: 'starting it', problem: error.message, hint: 'Is it installed, and is the path right?', cause: error })))
  })
  return child
}

async function pidOf(target: WatchTarget, run: Run): Promise<number> {
  if (target.kind === 'pid') return target.pid
  if (target.kind === 'command') throw new Error('a command has its pid from its start')
  const found = await pidByName(target.name, run, Date.now() + 1)
  if (found === undefined) throw new ProbeError({ target: target.name, step: 'finding it', problem: 'no process has this in its command line', hint: 'Try `pgrep -af` with the same word.' })
  return found
}

/** The newest process whose command line holds the name; waits for one until then. */
async function pidByName(name: string, run: Run, untilMs: number): Promise<number | undefined> {
  for (;;) {
    const found = listProcesses()
      .filter(({ pid }) => pid !== process.pid && commandOf(pid).includes(name) && !commandOf(pid).includes('stillhere'))
      .toSorted((a, b) => Number(b.startTicks) - Number(a.startTicks))[0]
    if (found !== undefined) return found.pid
    if (Date.now() >= untilMs || !(await pause(500, run))) return undefined
  }
}

/** False when stopped meanwhile. */
async function pause(ms: number, { signal }: Run): Promise<boolean> {
  const stopped = (): boolean => signal?.aborted ?? false
  if (stopped()) return false
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, Math.max(0, ms))
    signal?.addEventListener('abort', done)
  })
  return !stopped()
}
