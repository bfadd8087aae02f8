import type { Floor } from './floor.ts'
import type { Work } from './shapes.ts'
import { valueAt } from './signal.ts'
import { autocorrelation, mean, median, trendScore } from './statistics.ts'

/** Growth that is left when load and warm-up had their part, and how even it is. */
export interface GrowthBeside {
  /** The slope over its standard error, with the points that remain after autocorrelation. */
  score: number
  /** What it adds up to over the whole time, in the signal's own unit. */
  rise: number
  /** The least of the later three of four parts of the climb, over an even part: 1 is a straight line, 0 came to a halt, negative fell. */
  evenness: number
  /** Mann–Kendall's z of the last 60 %. */
  lateTrend: number
}

/** Warm-ups are taken to fade with this share of the time. */
const WARM = 0.06

/**
 * Method: least squares of the floor on a clock (time, or work where that explains more), the request rate and a fading warm-up; each
 *   column made independent of those before it (Gram–Schmidt), the clock last, so that its part is what nothing else explains.
 * Cost: three passes over at most 36 points.
 */
export function growthBeside(floor: Floor, clock: Float64Array, { requests }: Work): GrowthBeside {
  const { values: y, seconds } = floor
  const n = y.length
  const others: Float64Array[] = []
  if (n >= 6) others.push(clock.map((at) => Math.exp(-at / WARM)))
  if (requests !== undefined && n >= 8) {
    const half = (seconds[n - 1] - seconds[0]) / 40
    others.push(seconds.map((second) => valueAt(requests, second + half) - valueAt(requests, second - half)))
  }
  const basis: Float64Array[] = []
  const clean = (column: Float64Array): Float64Array => {
    const middle = mean(column)
    const rest = column.map((value) => value - middle)
    for (const each of basis) {
      const share = dot(rest, each)
      for (let i = 0; i < n; i++) rest[i] -= share * each[i]
    }
    return rest
  }
  for (const column of others) {
    const rest = clean(column)
    const length = Math.sqrt(dot(rest, rest))
    if (length > 1e-6 * Math.sqrt(dot(column, column))) basis.push(rest.map((value) => value / length))
  }
  const rest = clean(y)
  const ownClock = clean(clock)
  const length = dot(ownClock, ownClock)
  const slope = length > 1e-9 ? dot(rest, ownClock) / length : 0
  const residuals = rest.map((value, i) => value - slope * ownClock[i])
  const r = Math.max(0, autocorrelation(residuals))
  const degrees = Math.max(1, (n * (1 - r)) / (1 + r) - basis.length - 2)
  const variance = Math.max(dot(residuals, residuals) / n, floor.noise ** 2 / 4)
  // The clock's own spread a point, over as many points as count.
  const error = Math.sqrt(variance / Math.max(1e-12, (length / n) * degrees))
  return {
    score: error > 0 ? slope / error : 0,
    rise: slope,
    evenness: evenness(y, clock),
    lateTrend: trendScore(y.subarray(Math.min(Math.floor(0.4 * n), Math.max(0, n - 4)))),
  }
}

function evenness(y: Float64Array, clock: Float64Array): number {
  const n = y.length
  if (n < 8) return Number.NaN
  const levels: number[] = []
  let from = 0
  for (let part = 1; part <= 5; part++) {
    let to = from
    while (to < n && (part === 5 || clock[to] < part / 5)) to++
    // A part without points, as in an idle phase, takes its neighbour's level.
    levels.push(to > from ? median(y.subarray(from, to)) : levels.at(-1) ?? y[0])
    from = to
  }
  const even = (levels[4] - levels[0]) / 4
  if (even <= 0) return -1
  return Math.min(levels[2] - levels[1], levels[3] - levels[2], levels[4] - levels[3]) / even
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i]
  return sum
}
