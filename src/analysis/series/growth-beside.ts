import type { Floor } from './floor.ts'
import type { Work } from './shapes.ts'
import { ratesAround } from './signal.ts'
import { autocorrelation, mean, median, trendScore } from './statistics.ts'

/** Growth that is left when load and warm-up had their part, and how even it is. NaN where there are too few points to tell. */
export interface GrowthBeside {
  /** The slope over its standard error, with the points that remain after autocorrelation. */
  score: number
  /** What it adds up to over the whole time, in the signal's own unit. */
  rise: number
  /** The score of the last 60 % alone, where a warm-up is over. */
  lateScore: number
  /** Its slope then against that of the whole: 1 goes on as before, 0 came to a halt. */
  lateShare: number
  /** The share of all spread that the load explains. */
  byLoad: number
  /** What the residuals still remember: near 1 the line is no good picture of the course. */
  memory: number
}

/** Warm-ups are taken to fade with one of these shares of the time, or there is none. */
const WARMS = [0.04, 0.1, 0.2]
/** The request rate is that of this part of the time around each point: what is held may be in flight or cached a while. */
const WINDOWS = [30, 12]
/** Below this coefficient of variation the load explains nothing. */
const EVEN_LOAD = 0.12
const FEWEST = 8
const UNKNOWN: GrowthBeside = { score: Number.NaN, rise: Number.NaN, lateScore: Number.NaN, lateShare: Number.NaN, byLoad: Number.NaN, memory: Number.NaN }

/**
 * Method: least squares of the floor on a clock (time, or work where that explains more), the request rate and a fading warm-up; the clock
 *   made independent of the other two (Gram–Schmidt), so that its part is what nothing else explains. Of the warm-ups and the windows of
 *   the rate that pair is taken which leaves the least, each costing what the Bayesian information criterion says.
 * Cost: twelve fits of at most 36 points and three columns.
 */
export function growthBeside(floor: Floor, clock: Float64Array, { requests }: Work): GrowthBeside {
  const { values: y, seconds } = floor
  const n = y.length
  if (n < FEWEST) return UNKNOWN
  const warmUps = [undefined, ...WARMS.map((tau) => clock.map((at) => Math.exp(-at / tau)))]
  const loads = [undefined, ...(requests === undefined ? [] : WINDOWS.map((parts) => ratesAround(requests, seconds, (seconds[n - 1] - seconds[0]) / parts)).filter(varies))]
  let best: { load: Float64Array | undefined; others: Float64Array[]; fit: ClockFit; cost: number } | undefined
  for (const warmUp of warmUps) {
    for (const load of loads) {
      const others = [warmUp, load].filter((column) => column !== undefined)
      const fit = fitClock(y, clock, others)
      // What fades upwards is no warm-up but growth.
      if (warmUp !== undefined && fit.first > 0) continue
      const cost = n * Math.log(Math.max(fit.squares / n, floor.noise ** 2 / 4)) + 1.5 * others.length * Math.log(n)
      if (best === undefined || cost < best.cost) best = { load, others, fit, cost }
    }
  }
  const { load, others, fit } = best!
  const from = Math.min(clock.findIndex((at) => at >= 0.4), n - 5)
  const late = fitClock(y.subarray(from), clock.subarray(from), load === undefined ? [] : [load.subarray(from)])
  const middle = mean(y)
  const spread = y.reduce((sum, value) => sum + (value - middle) ** 2, 0)
  const unloaded = load === undefined ? fit.squares : fitClock(y, clock, others.filter((column) => column !== load)).squares
  return {
    score: scoreOf(fit, others.length, floor.noise),
    rise: fit.slope,
    lateScore: scoreOf(late, load === undefined ? 0 : 1, floor.noise),
    lateShare: Math.abs(fit.slope) > 1e-9 ? late.slope / Math.abs(fit.slope) : 0,
    byLoad: spread > 0 ? (unloaded - fit.squares) / spread : 0,
    memory: autocorrelation(fit.residuals),
  }
}

function varies(rate: Float64Array): boolean {
  const middle = mean(rate)
  return middle > 0 && Math.sqrt(mean(rate.map((value) => (value - middle) ** 2))) > EVEN_LOAD * middle
}

interface ClockFit {
  slope: number
  /** Of the clock, after what the other columns share with it. */
  length: number
  squares: number
  residuals: Float64Array
  /** The part of the first of the other columns. */
  first: number
}

function fitClock(y: Float64Array, clock: Float64Array, others: readonly Float64Array[]): ClockFit {
  const basis: Float64Array[] = []
  const clean = (column: Float64Array): Float64Array => {
    const middle = mean(column)
    const rest = column.map((value) => value - middle)
    for (const each of basis) {
      const share = dot(rest, each)
      for (let i = 0; i < rest.length; i++) rest[i] -= share * each[i]
    }
    return rest
  }
  let first = 0
  for (const column of others) {
    const rest = clean(column)
    const length = Math.sqrt(dot(rest, rest))
    if (length <= 1e-6 * Math.sqrt(dot(column, column))) continue
    basis.push(rest.map((value) => value / length))
    if (basis.length === 1) first = dot(y, basis[0])
  }
  const rest = clean(y)
  const own = clean(clock)
  const length = dot(own, own)
  const slope = length > 1e-9 ? dot(rest, own) / length : 0
  const residuals = rest.map((value, i) => value - slope * own[i])
  return { slope, length, squares: dot(residuals, residuals), residuals, first }
}

/** A slope over its standard error. */
function scoreOf({ slope, length, squares, residuals }: ClockFit, others: number, noise: number): number {
  const n = residuals.length
  const r = Math.max(0, autocorrelation(residuals))
  const degrees = Math.max(1, (n * (1 - r)) / (1 + r) - others - 2)
  const variance = Math.max(squares / n, noise ** 2 / 4)
  // The clock's own spread a point, over as many points as count.
  const error = Math.sqrt(variance / Math.max(1e-12, (length / n) * degrees))
  return error > 0 ? slope / error : 0
}

/** Mann–Kendall's z of the last 60 %. */
export function lateTrend({ values }: Floor): number {
  return trendScore(values.subarray(Math.min(Math.floor(0.4 * values.length), Math.max(0, values.length - 4))))
}

/** The least of the later three of four parts of the climb, over an even part: 1 is a straight line, 0 came to a halt, negative fell. */
export function evenness({ values: y }: Floor, clock: Float64Array): number {
  const n = y.length
  if (n < FEWEST) return Number.NaN
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
