import type { GcLog } from '../../model/gc-log.ts'
import { median, quantiles } from '../series/statistics.ts'

const MEBIBYTE = 1 << 20
/** A log's sizes are whole MiB, rounded down: on average half of one is missing. */
const CUT_OFF = MEBIBYTE / 2

/** What a log tells of the program: as functions of bytes allocated, since these are the same under all settings. */
export interface GoBehavior {
  allocated: Float64Array
  /** What was alive, over `allocated`. */
  live: Float64Array
  /** Where the program itself asked for a collection. */
  forcedAt: number[]
  /** Stacks and globals. */
  otherBytes: number
  /** How far the heap gets, as a share of the goal: at the middle, on average, and where it stayed low and went high. */
  overshoot: { middle: number; average: number; low: number; high: number }
  /** Allocated while a collection marks, as a share of the heap's peak and of what is alive. */
  carriedOfPeak: number
  carriedOfLive: number
}

/** What the program did in the run of a log. */
export function goBehavior(log: GcLog, collections: Uint32Array): GoBehavior {
  const column = (values: Float64Array | undefined, row: number, otherwise: number): number => {
    const value = values?.[collections[row]]
    return value === undefined || Number.isNaN(value) ? otherwise : value
  }
  const count = collections.length
  const allocated = new Float64Array(count + 1)
  const live = new Float64Array(count + 1)
  const overshoot: number[] = []
  const ofPeak: number[] = []
  const ofLive: number[] = []
  const forcedAt: number[] = []
  let goals = 0
  let peaks = 0
  for (let row = 0; row < count; row++) {
    const before = log.usedBeforeBytes[collections[row]]
    const peak = column(log.peakBytes, row, before)
    const kept = log.usedAfterBytes[collections[row]]
    // What is allocated while marking is black: it counts as live in this cycle whether it is garbage or not.
    const meanwhile = Math.max(0, peak - before)
    allocated[row + 1] = allocated[row] + column(log.allocatedBytes, row, 0)
    live[row + 1] = Math.max(0, kept - meanwhile) + CUT_OFF
    if ((log.collections?.[collections[row]] ?? 1) > 1) continue // the extremes of several collections say nothing of one
    const goal = column(log.goalBytes, row, Number.NaN)
    const forced = log.strings.get(log.cause[collections[row]]) === 'forced'
    if (forced) forcedAt.push(allocated[row + 1])
    else if (goal > 0) {
      goals += goal + CUT_OFF
      peaks += peak + CUT_OFF
      overshoot.push((peak + CUT_OFF) / (goal + CUT_OFF))
      ofPeak.push(meanwhile / (peak + CUT_OFF))
      ofLive.push(meanwhile / live[row + 1])
    }
  }
  const [low = 1, middle = 1, high = 1] = overshoot.length === 0 ? [] : quantiles(overshoot, [0.25, 0.5, 0.75])
  return {
    allocated,
    live,
    forcedAt,
    otherBytes: median(Float64Array.from({ length: count }, (_, row) => column(log.stackBytes, row, 0) + column(log.globalBytes, row, 0))),
    overshoot: { low: Math.max(0.5, low), middle: Math.max(0.5, middle), average: goals === 0 ? 1 : Math.max(0.5, peaks / goals), high: Math.max(0.5, high) },
    carriedOfPeak: ofPeak.length === 0 ? 0 : median(ofPeak),
    carriedOfLive: ofLive.length === 0 ? 0 : median(ofLive),
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

/** `values` over ascending `at`, straight between points. */
export function interpolate(at: Float64Array, values: Float64Array, where: number): number {
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
