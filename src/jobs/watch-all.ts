import type { Run } from '../base/run.ts'
import { judgeSeries } from '../analysis/series/judge-series.ts'
import type { MemorySeries } from '../model/memory-series.ts'
import type { SeriesVerdict } from '../model/series-verdict.ts'
import { commandOf, LinuxMemory, listProcesses, runtimeOf } from '../probes/linux-memory.ts'
import { Recorder } from './watch/recorder.ts'

export interface WatchAllOptions {
  everyMs: number
  forMs?: number | undefined
  onTick?: ((state: { seconds: number; processes: number; growing: GrowingProcess[] }) => void) | undefined
}

/** A process that grew, with what it was and is. */
export interface GrowingProcess {
  pid: number
  command: string
  fromBytes: number
  toBytes: number
  verdict?: SeriesVerdict | undefined
  series?: MemorySeries | undefined
}

interface Entry {
  recorder: Recorder
  command: string
  pid: number
  fromBytes: number
  toBytes: number
  seen: number
  memory?: LinuxMemory | undefined
}

/** Only these many get the full reading; the others are followed by their RSS, which one short read tells. */
const CLOSELY = 12

/**
 * Which process of this machine grows? One short read for each process and tick; the dozen that grew most are read in full
 * and judged. Cost: about 40 µs a process and tick.
 */
export async function watchAll(options: WatchAllOptions, run: Run): Promise<GrowingProcess[]> {
  const entries = new Map<string, Entry>()
  const startedMs = Date.now()
  for (let tick = 0; ; tick++) {
    const now = Date.now()
    look(entries, now, tick)
    for (const entry of closest(entries)) {
      entry.memory ??= openQuietly(entry.pid)
      const sample = entry.memory?.read()
      if (sample !== undefined && typeof sample !== 'string') entry.recorder.add(now, sample)
    }
    options.onTick?.({ seconds: (now - startedMs) / 1000, processes: entries.size, growing: closest(entries).map((entry) => grown(entry)) })
    if (options.forMs !== undefined && now - startedMs >= options.forMs) break
    if (await stoppedWithin(now + options.everyMs - Date.now(), run)) break
  }
  return closest(entries).map((entry) => grown(entry, judgeSeries(entry.recorder.series(`pid ${entry.pid}`))))
}

function look(entries: Map<string, Entry>, now: number, tick: number): void {
  for (const { pid, startTicks, rssBytes } of listProcesses()) {
    if (pid === process.pid) continue
    const key = `${pid} ${startTicks}`
    let entry = entries.get(key)
    if (entry === undefined) {
      const command = commandOf(pid)
      entry = { recorder: new Recorder({ pid, command, runtime: runtimeOf(pid) }), command, pid, fromBytes: rssBytes, toBytes: rssBytes, seen: tick }
      entries.set(key, entry)
    }
    entry.toBytes = rssBytes
    entry.seen = tick
    // What was followed from outside has its course so far when it comes closer.
    if (entry.memory === undefined) entry.recorder.add(now, { rss: rssBytes })
  }
  for (const [key, entry] of entries) if (entry.seen !== tick) entries.delete(key)
}

function closest(entries: ReadonlyMap<string, Entry>): Entry[] {
  return [...entries.values()].filter((entry) => entry.toBytes > entry.fromBytes).toSorted((a, b) => b.toBytes - b.fromBytes - (a.toBytes - a.fromBytes)).slice(0, CLOSELY)
}

function grown(entry: Entry, verdict?: SeriesVerdict): GrowingProcess {
  const { pid, command, fromBytes, toBytes } = entry
  return { pid, command, fromBytes, toBytes, verdict, series: verdict === undefined ? undefined : entry.recorder.series(`pid ${pid}`) }
}

function openQuietly(pid: number): LinuxMemory | undefined {
  try {
    return LinuxMemory.open(pid)
  } catch {
    return undefined // it ended meanwhile
  }
}

async function stoppedWithin(ms: number, { signal }: Run): Promise<boolean> {
  const stopped = (): boolean => signal?.aborted ?? false
  if (stopped()) return true
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, Math.max(0, ms))
    function done(): void {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    signal?.addEventListener('abort', done)
  })
  return stopped()
}
