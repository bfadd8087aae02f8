import type { GcLog } from '../../model/gc-log.ts'
import { fitLine, median } from '../series/statistics.ts'

/** What may be set: `percent` is GOGC (Infinity: off), `limitBytes` is GOMEMLIMIT. */
export interface GoSettings {
  percent: number
  limitBytes?: number | undefined
}

/** What a run under other settings would have looked like. */
export interface GcForecast {
  collections: number
  peakBytes: number
  /** CPU milliseconds of all collections; NaN when the log has no CPU times. */
  cpuMs: number
  /** Share of all CPU, where the log tells processors. */
  cpuShare: number | undefined
  /** Collections that a memory limit made, over and above those GOGC asks for. */
  byLimit: number
  /** What the forecast rests on and where it is weak. */
  notes: string[]
}

/** Go's smallest heap goal at GOGC=100. */
const MINIMUM_GOAL_BYTES = 4 << 20
/** The limit covers more than the heap: the runtime keeps 3 % free below it, and its own tables were 3–5 MB in the programs measured. */
const LIMIT_HEADROOM = 0.03
const RUNTIME_BYTES = 4 << 20

/**
 * Replays what a Go program allocated under other settings of the collector.
 *
 * Method: the pacer's own formula since Go 1.18 (golang.org/design/44167-gc-pacer-redesign): goal = live + (live +
 *   stacks + globals) · GOGC/100, at least 4 MiB · GOGC/100, at most the memory limit less what is not heap. Between
 *   collections the log gives what was allocated (heap at start less what the one before left alive, and what was
 *   allocated while marking); live is interpolated over bytes allocated. The heap overshoots the goal by the ratio
 *   seen. CPU of a cycle is a line over its live heap, fitted to the log. Forced collections stay where they were.
 * Cost: linear in collections seen plus collections forecast.
 * Its limits: whole MiB in the log (below some 10 MB of live heap the forecast is coarse); a program whose allocation
 *   reacts to the collector's speed is not modelled.
 */
export function forecastGo(log: GcLog, collections: Uint32Array, observedPercent: number, wanted: GoSettings): GcForecast {
  const column = (values: Float64Array | undefined, row: number, otherwise: number): number => {
    const value = values?.[collections[row]]
    return value === undefined || Number.isNaN(value) ? otherwise : value
  }
  const count = collections.length
  // 1. What the program did, by bytes allocated: a curve of live bytes, and where collections were forced.
  const allocated = new Float64Array(count + 1)
  const live = new Float64Array(count + 1)
  const overshoot: number[] = []
  const ofPeak: number[] = []
  const ofLive: number[] = []
  const forcedAt: number[] = []
  for (let row = 0; row < count; row++) {
    const before = log.usedBeforeBytes[collections[row]]
    const peak = column(log.peakBytes, row, before)
    const kept = log.usedAfterBytes[collections[row]]
    // What is allocated while marking is black: it counts as live in this cycle whether it is garbage or not.
    const meanwhile = Math.max(0, peak - before)
    allocated[row + 1] = allocated[row] + column(log.allocatedBytes, row, 0)
    live[row + 1] = Math.max(0, kept - meanwhile)
    if ((log.collections?.[collections[row]] ?? 1) > 1) continue // the extremes of several collections say nothing of one
    const goal = column(log.goalBytes, row, Number.NaN)
    const forced = log.strings.get(log.cause[collections[row]]) === 'forced'
    if (forced) forcedAt.push(allocated[row + 1])
    else if (goal > 0) {
      overshoot.push(peak / goal)
      ofPeak.push(meanwhile / peak)
      if (live[row + 1] > 0) ofLive.push(meanwhile / live[row + 1])
    }
  }
  const total = allocated[count]
  const other = median(Float64Array.from({ length: count }, (_, row) => column(log.stackBytes, row, 0) + column(log.globalBytes, row, 0)))
  const ratio = overshoot.length === 0 ? 1 : Math.max(0.5, median(overshoot))
  const carriedOfPeak = ofPeak.length === 0 ? 0 : median(ofPeak)
  const carriedOfLive = ofLive.length === 0 ? 0 : median(ofLive)
  const cost = cycleCost(log, collections)

  // 2. The same allocations under the wanted settings.
  const goalAt = (bytes: number): number =>
    Number.isFinite(wanted.percent) ? Math.max((MINIMUM_GOAL_BYTES * wanted.percent) / 100, bytes + ((bytes + other) * wanted.percent) / 100) : Number.POSITIVE_INFINITY
  let at = 0
  let marked = 0 // what the last cycle counts as live: what is alive, and what was allocated while it marked
  let forecast = 0
  let byLimit = 0
  let peakBytes = 0
  let cpuMs = 0
  let nextForced = 0
  const mostCycles = 20_000_000
  while (at < total && forecast < mostCycles) {
    const byPercent = goalAt(marked)
    const ceiling = wanted.limitBytes === undefined ? Number.POSITIVE_INFINITY : wanted.limitBytes * (1 - LIMIT_HEADROOM) - RUNTIME_BYTES - other
    const goal = Math.min(byPercent, ceiling)
    // Under a limit below the live heap one cycle follows the other; what the program allocates while one marks is
    // then all there is between two.
    const room = Math.max(goal * ratio - marked, carriedOfLive * interpolate(allocated, live, at), 64 << 10)
    const due = at + room
    const forced = forcedAt[nextForced]
    const isForced = forced !== undefined && forced <= due
    const next = isForced ? forced : due
    const peak = marked + (Math.min(next, total) - at)
    peakBytes = Math.max(peakBytes, peak)
    if (next > total) break
    if (isForced) nextForced++
    else if (goal < byPercent) byLimit++
    at = next
    const alive = interpolate(allocated, live, at)
    // Marking takes as long as there is to mark, and no longer than the way from trigger to goal.
    marked = alive + (isForced ? 0 : Math.min(carriedOfPeak * peak, carriedOfLive * alive))
    cpuMs += cost(marked)
    forecast++
  }
  const processors = log.processors === undefined ? undefined : median(Float64Array.from(collections, (row) => log.processors![row]))
  const wall = log.startMs[collections[count - 1]]
  const observedCpu = Float64Array.from(collections, (row) => log.cpuMs?.[row] ?? Number.NaN).reduce((sum, value) => sum + value, 0)
  const notes: string[] = []
  if (median(live) < 10 * (1 << 20)) notes.push('the live heap is below 10 MB and the log counts whole MiB: coarse')
  if (log.collections !== undefined) notes.push('the log is so long that neighbouring collections share rows: its curve of live bytes is one of minima')
  if (observedPercent !== 100) notes.push(`the log is read as one of GOGC=${observedPercent}`)
  if (wanted.limitBytes !== undefined && live.some((bytes) => bytes > wanted.limitBytes!)) notes.push('the live heap alone passes the limit: the collector would run all the time and the limit would still be passed')
  return {
    collections: forecast,
    peakBytes,
    cpuMs,
    // The program's own work takes the same CPU; only the collector's part changes the time it takes.
    cpuShare: processors === undefined || Number.isNaN(cpuMs) ? undefined : cpuMs / (wall * processors - observedCpu + cpuMs),
    byLimit,
    notes,
  }
}

/** GOGC of the run that wrote the log: the median of (goal − live before) / (live before + stacks + globals). */
export function observedGoPercent(log: GcLog, collections: Uint32Array): number | undefined {
  if (log.goalBytes === undefined) return undefined
  const ratios: number[] = []
  for (let row = 1; row < collections.length; row++) {
    if ((log.collections?.[collections[row]] ?? 1) > 1) continue
    const live = log.usedAfterBytes[collections[row - 1]]
    const other = (log.stackBytes?.[collections[row]] || 0) + (log.globalBytes?.[collections[row]] || 0)
    const goal = log.goalBytes[collections[row]]
    // Whole MiB: below 8 the rounding alone is worth more than ten percent.
    if (live >= 8 * (1 << 20) && goal > live) ratios.push((100 * (goal - live)) / (live + other))
  }
  if (ratios.length < 2) return undefined
  return Math.round(median(ratios) / 5) * 5
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

/** `values` over ascending `at`, straight between points. */
function interpolate(at: Float64Array, values: Float64Array, where: number): number {
  let low = 0
  let high = at.length - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if (at[middle] < where) low = middle + 1
    else high = middle
  }
  if (low === 0 || at[low] === at[low - 1]) return values[low]
  return values[low - 1] + ((where - at[low - 1]) / (at[low] - at[low - 1])) * (values[low] - values[low - 1])
}
