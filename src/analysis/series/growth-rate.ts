import type { Estimate } from '../../model/series-verdict.ts'
import type { Floor } from './floor.ts'
import type { ShapeChoice, ShapeFit, ShapeName, Work } from './shapes.ts'
import { type Signal, valueAt } from './signal.ts'
import { medianSlope, quantile } from './statistics.ts'

export interface GrowthRate {
  perHour: Estimate
  /** Where work is the better clock. */
  perRequest?: number | undefined
  driver: ShapeFit['driver']
  /** It climbs in a few jumps. */
  jumps: boolean
  /** It was level for a while before it rose. */
  beginsLate: boolean
}

/** Growing shapes whose slope is not that of a straight line through all points. */
const BENT: ReadonlySet<ShapeName> = new Set(['late-ramp', 'rate-line', 'sine-line', 'by-requests', 'by-errors', 'rate-requests'])

/** The share of the time a warm-up takes at most that has growth behind it. */
const WARM_UP = 0.1

/**
 * How fast a floor grows.
 *
 * Method: where the course is bent (late start, load, work), the slopes of the growing shapes averaged by their
 *   weights, so that no single shape decides; else the median of the slopes between all pairs (Theil–Sen), after a warm-up
 *   without the first tenth of the time. Where it climbs in a few
 *   jumps, what it climbed in all, over the whole time: a line through stairs is too steep. A slope per request
 *   becomes one per hour at the rate of the busy time: what an idle phase adds to the clock is no time in which it leaked.
 *   The interval is two standard errors, with the points that remain after autocorrelation.
 */
export function growthRate({ floor, shapes }: { floor: Floor; shapes: ShapeChoice }, work: Work): GrowthRate | undefined {
  const growing = shapes.fits.filter((fit) => fit.grows)
  if (growing.length === 0) return undefined
  const best = growing.reduce((a, b) => (b.weight > a.weight ? b : a))
  const { seconds, values } = floor
  const from = seconds[0]
  const to = seconds[seconds.length - 1]
  const hours = (to - from) / 3600
  const busyHours = (work.requests === undefined ? 1 : busyShare(work.requests, from, to)) * hours
  let sum = 0
  let weights = 0
  let bent = 0
  let warm = 0
  for (const fit of growing) {
    sum += fit.weight * (fit.slope / (fit.driver === 'requests' ? busyHours : hours))
    weights += fit.weight
    if (BENT.has(fit.name)) bent += fit.weight
    if (fit.name === 'warm-line') warm += fit.weight
  }
  const start = warm > 0.5 * weights ? seconds.findIndex((second) => second >= from + WARM_UP * (to - from)) : 0
  const climbed = climbsInJumps(values) ? (values[values.length - 1] - values[0]) / (to / 3600) : 0
  const value = climbed > 0 ? climbed : bent > 0.5 ? sum / weights : Math.max(0, medianSlope(seconds.subarray(start), values.subarray(start)) * 3600) || sum / weights
  const degrees = Math.max(1, shapes.effectivePoints - best.parameters)
  const spread = Math.sqrt(best.squares / values.length) / Math.sqrt(degrees / 12) / hours
  const requests = work.requests === undefined ? 0 : valueAt(work.requests, to) - valueAt(work.requests, from)
  return {
    perHour: { value, low: Math.max(0, value - 2 * spread), high: value + 2 * spread },
    perRequest: best.driver === 'requests' && requests > 0 ? best.slope / requests : undefined,
    driver: best.driver,
    jumps: climbed > 0,
    beginsLate: best.name === 'late-ramp',
  }
}

/**
 * The rate between a few exact values, at least three that span nearly half of the time: the median of the slopes between pairs, over
 * busy time where growth follows requests. Undefined for fewer.
 */
export function rateBetween(points: Signal, spanSeconds: number, { requests }: Work, driver: ShapeFit['driver']): number | undefined {
  const { seconds, values } = points
  const n = values.length
  if (n < 3 || seconds[n - 1] - seconds[0] < 0.45 * spanSeconds) return undefined
  const busy = requests === undefined || driver !== 'requests' ? 1 : busyShare(requests, seconds[0], seconds[n - 1])
  const perHour = (medianSlope(seconds, values) * 3600) / busy
  return perHour > 0 ? perHour : undefined
}

/** Three jumps or more, early and late, make nearly all of the rise, in less than half of the steps between points. */
function climbsInJumps(values: Float64Array): boolean {
  const n = values.length
  const rise = values[n - 1] - values[0]
  if (n < 10 || rise <= 0) return false
  const climbs = climbsOf(values, 0.03 * rise).sort((a, b) => b.height - a.height)
  const falls = climbs.reduce((total, { height }) => total + Math.max(0, -height), 0)
  let sum = 0
  let count = 0
  let first = n
  let last = 0
  for (const { at, height } of climbs) {
    // What is no jump is next to nothing; else it is a line with noise.
    if (sum >= 0.85 * rise && height > (0.5 * sum) / count) return false
    if (sum >= 0.85 * rise) break
    // One that makes nearly half of it alone is a warm-up.
    if (height > 0.4 * rise) return false
    sum += height
    count++
    first = Math.min(first, at)
    last = Math.max(last, at)
  }
  return count >= 3 && count <= 0.5 * climbs.length && falls < 0.2 * rise && first < 0.4 * n && last >= 0.6 * (n - 1)
}

/** The steps from point to point; a jump that fell between two points, and so is in two steps, is one. */
function climbsOf(values: Float64Array, least: number): { at: number; height: number }[] {
  const climbs: { at: number; height: number }[] = []
  for (let i = 1; i < values.length; i++) {
    const height = values[i] - values[i - 1]
    const before = climbs.at(-1)
    if (before !== undefined && height > least && before.height > least) {
      before.height += height
      before.at = i - 1
    } else climbs.push({ at: i - 1, height })
  }
  return climbs
}

/** The share of the time in which work was done: at least a tenth of the usual rate. */
function busyShare(requests: Signal, from: number, to: number): number {
  const parts = 40
  const rate = new Float64Array(parts)
  for (let part = 0; part < parts; part++) {
    rate[part] = valueAt(requests, from + ((part + 1) * (to - from)) / parts) - valueAt(requests, from + (part * (to - from)) / parts)
  }
  const usual = quantile(rate, 0.9)
  const busy = rate.filter((value) => value > 0.1 * usual).length / parts
  // Only a real pause counts as one; a daily cycle has quiet hours in which it leaks less, and they belong to it.
  return idleTail(rate, usual) ? busy : 1
}

function idleTail(rate: Float64Array, usual: number): boolean {
  let idle = 0
  let longest = 0
  for (const value of rate) {
    idle = value < 0.02 * usual ? idle + 1 : 0
    longest = Math.max(longest, idle)
  }
  return longest >= rate.length * 0.08
}
