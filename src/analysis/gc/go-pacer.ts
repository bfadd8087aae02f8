import type { GcLog } from '../../model/gc-log.ts'
import { fitLine, median } from '../series/statistics.ts'
import { goBehavior, type GoBehavior, interpolate } from './go-behavior.ts'

/** What may be set: `percent` is GOGC (Infinity: off), `limitBytes` is GOMEMLIMIT. */
export interface GoSettings {
  percent: number
  limitBytes?: number | undefined
}

/** A number, and between what it may lie. */
export interface GoRange {
  low: number
  high: number
}

/** What a run under other settings would have looked like; what cannot be told is undefined, with the reason in `refused`. */
export interface GcForecast {
  collections: number | undefined
  /** The most the heap holds: objects, dead ones included. Not what the process takes: see `notes`. */
  peakBytes: number
  /** CPU milliseconds of all collections; NaN when the log has no CPU times. */
  cpuMs: number | undefined
  /** Share of all CPU, where the log tells processors. */
  cpuShare: number | undefined
  /** Collections that a memory limit made, over and above those GOGC asks for. */
  byLimit: number | undefined
  range: { collections: GoRange | undefined; peakBytes: GoRange }
  refused: string[]
  /** What the forecast rests on and where it is weak. */
  notes: string[]
}

const MEBIBYTE = 1 << 20
/** Go's smallest heap goal at GOGC=100. */
const MINIMUM_GOAL_BYTES = 4 * MEBIBYTE
/** The goal of GOGC leaves at least this much to allocate (`sweepMinHeapDistance`). */
const LEAST_ROOM_BYTES = MEBIBYTE
/** A collection begins no earlier than at this share of the way to its goal (`minTriggerRatioDistance`). */
const EARLIEST_TRIGGER = 0.7
/**
 * What a memory limit covers beside objects: the runtime's own tables, and a share of the heap (mark bits, spans that are
 * not full). Measured with `runtime.MemStats` on five programs of other kinds than those of the tests (Go 1.19): 7 MiB and
 * 4 to 8 % where spans are full, up to 30 % where what was small was replaced at random.
 */
const BESIDE = { bytes: 7 * MEBIBYTE, share: 0.065 }
const BESIDE_LEAST = { bytes: 4 * MEBIBYTE, share: 0.03 }
const BESIDE_MOST = { bytes: 8 * MEBIBYTE, share: 0.15 }
/** The runtime aims below the limit by this (`memoryLimitHeapGoalHeadroom`); since Go 1.21 by 3 % if that is more, which lies within the range. */
const LIMIT_HEADROOM_BYTES = MEBIBYTE
/** Most forecasts were within this share of the run (docs/gc-forecast-errors.md); a program that runs twice differs from itself by as much. */
const MEASURED_ERROR = 0.15
const MOST_CYCLES = 20_000_000

interface Replay {
  collections: number
  byLimit: number
  peakBytes: number
  /** The same of collections that came to pass, and as if the program had gone on until the one that was due at its end. */
  reachedBytes: number
  dueBytes: number
  cpuMs: number
  /** Collections that began where the one before ended. */
  backToBack: number
}

/**
 * Replays what a Go program allocated under other settings of the collector.
 *
 * Method: the pacer's own formula since Go 1.18 (golang.org/design/44167-gc-pacer-redesign, runtime/mgcpacer.go): goal =
 *   live + (live + stacks + globals) · GOGC/100, at least 4 MiB · GOGC/100; a memory limit less what is not heap, but never
 *   below what was marked. Between collections the log gives what was allocated (heap at start less what the one before
 *   left alive, and what was allocated while marking); live is interpolated over bytes allocated. The heap overshoots the
 *   goal as it did in the log. CPU of a cycle is a line over its live heap, fitted to the log. Forced collections stay where they were.
 * Ranges: replays with the least and the most that lies beside the heap, and with the heap getting as far as in the lower
 *   and in the upper quarter of the log's collections; widened by what the replay of the log's own settings is off.
 * Refused: how many collections there are, and their CPU, where a limit leaves no room above what is alive: one follows
 *   the other then, and how many do is a matter of time, not of bytes.
 * Cost: linear in collections seen plus collections forecast.
 * Its limits: whole MiB in the log (below some 10 MB of live heap the forecast is coarse); a program whose allocation
 *   reacts to the collector's speed is not modelled.
 */
export function forecastGo(log: GcLog, collections: Uint32Array, observedPercent: number, wanted: GoSettings): GcForecast {
  const behavior = goBehavior(log, collections)
  const cost = cycleCost(log, collections)
  const { low, middle, average, high } = behavior.overshoot
  const forecast = replay(behavior, cost, wanted, BESIDE, average)
  const peak = replay(behavior, cost, wanted, BESIDE, middle)
  const most = replay(behavior, cost, wanted, BESIDE_MOST, Math.min(low, average))
  const least = replay(behavior, cost, wanted, BESIDE_LEAST, Math.max(high, average))
  const endless = forecast.backToBack > 0
  const own = replay(behavior, cost, { percent: observedPercent }, BESIDE, average)
  const ownPeak = replay(behavior, cost, { percent: observedPercent }, BESIDE, middle)
  const seen = { collections: countOf(log, collections), peakBytes: highestPeak(log, collections) }
  const { allocated, live } = behavior
  const total = allocated.at(-1)!
  const refused: string[] = []
  if (endless) {
    refused.push('the number of collections and their CPU: the limit leaves no room above what is alive, one collection would follow the other, and how many do depends on time and processors, not on what is allocated. The runtime stops at half of the CPU and lets the limit be passed')
  }
  return {
    collections: endless ? undefined : forecast.collections,
    peakBytes: peak.peakBytes,
    cpuMs: endless ? undefined : forecast.cpuMs,
    cpuShare: endless ? undefined : shareOf(log, collections, forecast.cpuMs),
    byLimit: endless ? undefined : forecast.byLimit,
    range: {
      collections: endless ? undefined : widened({ low: least.collections - 1, high: most.collections + 1 }, own.collections, seen.collections),
      peakBytes: widened({ low: Math.min(most.reachedBytes, peak.peakBytes), high: Math.max(least.dueBytes, peak.peakBytes) }, ownPeak.peakBytes, seen.peakBytes),
    },
    refused,
    notes: notesOn(log, observedPercent, wanted, median(live), total > 0 && live.some((bytes) => bytes > (wanted.limitBytes ?? Number.POSITIVE_INFINITY))),
  }
}

/** A range that also holds what it would have been off for the log itself. */
function widened({ low, high }: GoRange, replayed: number, seen: number): GoRange {
  const off = replayed > 0 && seen > 0 ? seen / replayed : 1
  return { low: Math.max(0, low * (1 - MEASURED_ERROR) * Math.min(1, off)), high: high * (1 + MEASURED_ERROR) * Math.max(1, off) }
}

function countOf(log: GcLog, collections: Uint32Array): number {
  let count = 0
  for (const row of collections) count += log.collections?.[row] ?? 1
  return count
}

function highestPeak(log: GcLog, collections: Uint32Array): number {
  let most = 0
  for (const row of collections) most = Math.max(most, log.peakBytes?.[row] ?? 0)
  return most
}

/** @param overshoot how far the heap gets, as a share of the goal */
function replay(behavior: GoBehavior, cost: (liveBytes: number) => number, wanted: GoSettings, beside: { bytes: number; share: number }, overshoot: number): Replay {
  const { allocated, live, forcedAt, otherBytes, carriedOfPeak, carriedOfLive } = behavior
  const total = allocated.at(-1)!
  const ceiling = wanted.limitBytes === undefined ? Number.POSITIVE_INFINITY : (wanted.limitBytes - beside.bytes - otherBytes) / (1 + beside.share) - LIMIT_HEADROOM_BYTES
  const result: Replay = { collections: 0, byLimit: 0, peakBytes: 0, reachedBytes: 0, dueBytes: 0, cpuMs: 0, backToBack: 0 }
  let at = 0
  let marked = 0 // what the last cycle counts as live: what is alive, and what was allocated while it marked
  let nextForced = 0
  while (at < total && result.collections < MOST_CYCLES) {
    const byPercent = Number.isFinite(wanted.percent)
      ? Math.max((MINIMUM_GOAL_BYTES * wanted.percent) / 100, marked + ((marked + otherBytes) * wanted.percent) / 100, marked + LEAST_ROOM_BYTES)
      : Number.POSITIVE_INFINITY
    const goal = Math.min(byPercent, Math.max(ceiling, marked))
    const whileMarking = carriedOfLive * interpolate(allocated, live, at)
    // Under a limit below the live heap one cycle follows the other; what the program allocates while one marks is
    // then all there is between two.
    const isFull = goal < byPercent && goal - marked < LIMIT_HEADROOM_BYTES
    const room = isFull ? Math.max(whileMarking, LIMIT_HEADROOM_BYTES) : Math.max(goal * overshoot - marked, Math.min(whileMarking, goal), 64 << 10)
    const due = at + room
    const forced = forcedAt[nextForced]
    const isForced = forced !== undefined && forced <= due
    const next = isForced ? forced : due
    const peak = marked + (Math.min(next, total) - at)
    result.peakBytes = Math.max(result.peakBytes, peak)
    result.dueBytes = Math.max(result.dueBytes, marked + next - at)
    if (next > total) break
    result.reachedBytes = Math.max(result.reachedBytes, peak)
    if (isForced) nextForced++
    else if (goal < byPercent) result.byLimit++
    if (isFull) result.backToBack++
    at = next
    const alive = interpolate(allocated, live, at)
    // Marking takes as long as there is to mark, and no longer than the way from trigger to goal.
    const carried = Math.min(carriedOfPeak * peak, carriedOfLive * alive, Math.max(LEAST_ROOM_BYTES, peak - marked - EARLIEST_TRIGGER * (goal - marked)))
    marked = alive + (isForced ? 0 : carried)
    result.cpuMs += cost(marked)
    result.collections++
  }
  return result
}

/** Share of all CPU; the program's own work takes the same, only the collector's part changes the time it takes. */
function shareOf(log: GcLog, collections: Uint32Array, cpuMs: number): number | undefined {
  if (log.processors === undefined || Number.isNaN(cpuMs)) return undefined
  const processors = median(Float64Array.from(collections, (row) => log.processors![row]))
  const observed = Float64Array.from(collections, (row) => log.cpuMs?.[row] ?? Number.NaN).reduce((sum, value) => sum + value, 0)
  const wall = log.startMs[collections.at(-1)!]
  return cpuMs / (wall * processors - observed + cpuMs)
}

function notesOn(log: GcLog, observedPercent: number, wanted: GoSettings, medianLive: number, passesLimit: boolean): string[] {
  const notes: string[] = []
  if (medianLive < 10 * MEBIBYTE) notes.push('the live heap is below 10 MB and the log counts whole MiB: coarse')
  if (log.collections !== undefined) notes.push('the log is so long that neighbouring collections share rows: its curve of live bytes is one of minima')
  if (observedPercent !== 100) notes.push(`the log is read as one of GOGC=${observedPercent}`)
  if (passesLimit) notes.push('the live heap alone passes the limit: the collector would run all the time and the limit would still be passed')
  notes.push(
    wanted.limitBytes === undefined
      ? 'the peak is that of the heap: what the process takes (RSS) is more by stacks, the runtime’s tables, spans that are not full, and pages not yet given back'
      : 'the peak is that of the heap: the limit also covers stacks, the runtime’s tables and spans that are not full, so the process (RSS) may reach the limit; what is not Go’s (cgo, mapped files) comes on top',
  )
  return notes
}

/** CPU of a cycle as a line over its live heap. */
function cycleCost(log: GcLog, collections: Uint32Array): (liveBytes: number) => number {
  const rows = [...collections].filter((row) => log.cpuMs !== undefined && !Number.isNaN(log.cpuMs[row]))
  if (rows.length === 0) return () => Number.NaN
  const cpu = Float64Array.from(rows, (row) => log.cpuMs![row])
  if (rows.length < 4) return () => median(cpu)
  const line = fitLine(Float64Array.from(rows, (row) => log.usedAfterBytes[row]), cpu)
  return (liveBytes) => Math.max(0, line.intercept + Math.max(0, line.slope) * liveBytes)
}
