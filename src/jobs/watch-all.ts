import type { Run } from '../base/run.ts'
import type { StoreError } from '../base/errors.ts'
import { judgeSeries } from '../analysis/series/judge-series.ts'
import type { MemorySeries } from '../model/memory-series.ts'
import type { SeriesVerdict } from '../model/series-verdict.ts'
import { commandOf, LinuxMemory, listProcesses, needProc } from '../probes/linux-memory.ts'
import { runtimeOfProcess } from '../probes/runtime-of.ts'
import { Journal } from './watch/journal.ts'
import { nextTime, pause } from './watch/pause.ts'
import { Recorder } from './watch/recorder.ts'
import { RssCourse } from './watch/rss-course.ts'
import { WatchClock } from './watch/watch-clock.ts'

export interface WatchAllOptions {
  everyMs: number
  forMs?: number | undefined
  /** Keeps those that are followed closely. */
  storePath?: string | undefined
  onTick?: ((tick: WatchAllTick) => void) | undefined
  onStoreTrouble?: ((error: StoreError) => void) | undefined
}

export interface WatchAllTick {
  seconds: number
  /** Every process, in no order. */
  processes(): WatchedProcess[]
  /** Those that grew most, most first. */
  growing: WatchedProcess[]
}

/** A process, with what it was and is. */
export interface WatchedProcess {
  pid: number
  command: string
  fromBytes: number
  toBytes: number
  /** How long it has been watched. */
  seconds: number
  verdict?: SeriesVerdict | undefined
  series?: MemorySeries | undefined
}

interface Entry {
  /** Until it is followed closely. */
  course: RssCourse
  recorder?: Recorder | undefined
  command: string
  pid: number
  firstMs: number
  lastMs: number
  fromBytes: number
  toBytes: number
  seen: number
  memory?: LinuxMemory | undefined
  stored?: number | undefined
  verdict?: SeriesVerdict | undefined
  nextVerdict: number
}

/** Only these many get the full reading and verdicts; the others are followed by their RSS, which one short read tells. */
const CLOSELY = 12
const FIRST_VERDICT = 60

/**
 * Which process of this machine grows? One short read for each process and tick; the dozen that grew most are read in full and
 * judged each tenth of added length. A process that ends is forgotten, one under the same pid is another.
 * Cost: docs/commands/watch.md; measured by bench/watch.ts.
 * @throws ProbeError where there is no /proc; StoreError when the store cannot be opened
 */
export async function watchAll(options: WatchAllOptions, run: Run): Promise<WatchedProcess[]> {
  needProc('all processes')
  const entries = new Map<string, Entry>()
  const clock = new WatchClock()
  const startedMs = performance.now()
  const journal = await Journal.open(options.storePath, options.onStoreTrouble ?? (() => undefined))
  try {
    for (let tick = 0, nextMs = startedMs; ; tick++) {
      const { nowMs } = clock.tick(options.everyMs)
      look(entries, nowMs, tick)
      for (const entry of closest(entries)) lookClosely(entry, nowMs, journal)
      options.onTick?.({
        seconds: (performance.now() - startedMs) / 1000,
        processes: () => [...entries.values()].map((entry) => shown(entry)),
        growing: closest(entries).map((entry) => shown(entry)),
      })
      if (options.forMs !== undefined && performance.now() - startedMs >= options.forMs) break
      nextMs = nextTime(nextMs, options.everyMs)
      if (!(await pause(nextMs - performance.now(), run))) break
    }
    return closest(entries).flatMap((entry) => {
      const series = entry.recorder?.series(`pid ${entry.pid}`)
      if (series === undefined) return [] // it ended before it could be read
      const verdict = judgeSeries(series)
      journal?.addVerdict(entry.stored, entry.lastMs, verdict)
      return [{ ...shown(entry), series, verdict }]
    })
  } finally {
    journal?.close()
  }
}

function look(entries: Map<string, Entry>, nowMs: number, tick: number): void {
  for (const { pid, startTicks, rssBytes } of listProcesses()) {
    if (pid === process.pid) continue
    const key = `${pid} ${startTicks}`
    let entry = entries.get(key)
    if (entry === undefined) {
      const command = commandOf(pid)
      entry = { course: new RssCourse(), command, pid, firstMs: nowMs, lastMs: nowMs, fromBytes: rssBytes, toBytes: rssBytes, seen: tick, nextVerdict: FIRST_VERDICT }
      entries.set(key, entry)
    }
    entry.toBytes = rssBytes
    entry.lastMs = nowMs
    entry.seen = tick
    if (entry.recorder === undefined) entry.course.add(nowMs, rssBytes)
  }
  for (const [key, entry] of entries) if (entry.seen !== tick) entries.delete(key)
}

function lookClosely(entry: Entry, nowMs: number, journal: Journal | undefined): void {
  if (entry.memory === undefined) {
    entry.memory = openQuietly(entry.pid)
    if (entry.memory === undefined) return
    const { pid, command, startedAtMs } = entry.memory
    const identity = { pid, command, startedAtMs, runtime: runtimeOfProcess(pid) }
    // What was followed from afar has its course so far when it comes closer.
    entry.recorder = new Recorder(identity)
    entry.course.tell(entry.recorder)
    entry.stored = journal?.enter(identity, nowMs)
  }
  const sample = entry.memory.read()
  const { recorder } = entry
  if (typeof sample === 'string' || recorder === undefined) return
  recorder.add(nowMs, sample)
  journal?.add(entry.stored, nowMs, sample)
  if (recorder.sampleCount < entry.nextVerdict) return
  entry.nextVerdict = Math.ceil(recorder.sampleCount * 1.1)
  entry.verdict = judgeSeries(recorder.series(`pid ${entry.pid}`))
}

function closest(entries: ReadonlyMap<string, Entry>): Entry[] {
  return [...entries.values()].filter((entry) => entry.toBytes > entry.fromBytes).toSorted((a, b) => b.toBytes - b.fromBytes - (a.toBytes - a.fromBytes)).slice(0, CLOSELY)
}

function shown({ pid, command, fromBytes, toBytes, firstMs, lastMs, verdict }: Entry): WatchedProcess {
  return { pid, command, fromBytes, toBytes, seconds: (lastMs - firstMs) / 1000, verdict }
}

function openQuietly(pid: number): LinuxMemory | undefined {
  try {
    return LinuxMemory.open(pid)
  } catch {
    return undefined // it ended meanwhile
  }
}
