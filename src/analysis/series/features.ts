import { collectionFacts } from './collection-facts.ts'
import { type Floor, findCeiling, findFloor } from './floor.ts'
import { evenness, growthBeside, lateTrend } from './growth-beside.ts'
import { fitShapes, type ShapeChoice, type ShapeName, type Work } from './shapes.ts'
import { ratesAround, type Signal, valueAt } from './signal.ts'
import type { Signals } from './signals.ts'
import { correlation, fitLine, mean, median, medianSlope, quantile, quantiles, trendScore } from './statistics.ts'

/** What is known of one signal's growth: its floor, the shapes that compete for it, and the numbers drawn from both. */
export interface GrowthFacts {
  signal: Signal
  floor: Floor
  shapes: ShapeChoice
  numbers: Float64Array
}

/** Shapes whose share of unexplained spread is a number of its own. */
const COMPARED: readonly ShapeName[] = ['line', 'exponential', 'logarithm', 'ramp-flat', 'ramp-slower', 'step', 'two-steps', 'sine', 'late-ramp', 'sine-line', 'warm-line', 'rate', 'rate-line', 'by-requests']

/** The names of the numbers, in order; the weights refer to them by place. */
export const GROWTH_NUMBERS = [
  'growing', // log odds of the growing shapes against the harmless ones
  'margin', // BIC of the best harmless shape minus that of the best growing one
  'signal-to-noise',
  'rise', // the level never returned to, against 0.4 % of the level or 64 KiB
  'rise-share', // the same, as a share of the level
  'late', // rise after 60 % of the time relative to an even rise
  'last-quarter',
  'last-tenth',
  'half-at', // share of the time in which the first half of the rise happened
  'most-at',
  'spread', // many small rises rather than one
  'largest',
  'second-largest',
  'trend',
  'late-trend',
  'records', // new maxima after 60 %
  'slowing', // late slope / early slope
  'slope-t',
  'points',
  'amplitude', // height of the teeth against the level
  'rise-amplitude', // the rise against the height of the teeth
  'resets',
  'range',
  'excursion', // share of the time spent far above the floor
  'peak-at',
  'end-level', // where the end stands between lowest and highest
  'load', // correlation of floor and request rate
  'by-work',
  'curvature',
  'beside-score', // growth that neither load nor warm-up explains, over its standard error
  'beside-rise',
  'beside-late-score',
  'beside-late-share',
  'beside-load',
  'beside-memory',
  'evenness',
  'late-60-trend',
  ...COMPARED.map((name) => `unexplained-${name}`),
] as const

/** Facts of a signal, or undefined when it has too few floor points to say anything. */
export function growthFacts(signal: Signal | undefined, work: Work, options: { values?: 'exact' | undefined; smallestNoise?: number | undefined } = {}): GrowthFacts | undefined {
  if (signal === undefined || signal.values.length < 5) return undefined
  const floor = findFloor(signal, options)
  if (floor.values.length < 4 || !(floor.seconds[floor.seconds.length - 1] > floor.seconds[0])) return undefined
  const shapes = fitShapes(floor, work)
  return { signal, floor, shapes, numbers: drawNumbers(signal, floor, shapes, work, (options.smallestNoise ?? 4096) * 16) }
}

function drawNumbers(signal: Signal, floor: Floor, shapes: ShapeChoice, work: Work, smallestRise: number): Float64Array {
  const { values: y, seconds, noise } = floor
  const n = y.length
  const span = seconds[n - 1] - seconds[0]
  const byWork = shapes.fits.filter((fit) => fit.grows && fit.driver !== 'time').reduce((most, fit) => Math.max(most, fit.weight), 0)
  // Where work explains the growth better than time, work is the clock: an idle phase is then no flattening.
  const clock = byWork > 0.25 ? workClock(floor, shapes, work) : undefined
  const x = clock ?? seconds.map((second) => (second - seconds[0]) / span)

  const envelope = y.slice()
  for (let i = n - 2; i >= 0; i--) envelope[i] = Math.min(envelope[i], envelope[i + 1])
  const rise = Math.max(0, envelope[n - 1] - envelope[0])
  const level = Math.max(1, Math.abs(median(y)))
  const increments = envelope.subarray(1).map((value, i) => value - envelope[i])
  const sumSquares = increments.reduce((sum, value) => sum + value * value, 0)
  const sorted = increments.toSorted()
  const riseUntil = (share: number): number => {
    let i = 0
    while (i < n - 1 && x[i] < share) i++
    return rise > 0 ? (envelope[i] - envelope[0]) / rise : 0
  }
  const reached = (share: number): number => {
    for (let i = 0; i < n; i++) if (envelope[i] - envelope[0] >= share * rise) return x[i]
    return 1
  }
  const whole = fitLine(x, y)
  const middle = x.findIndex((at) => at >= 0.5)
  const half = Math.min(Math.max(middle, 2), n - 2)
  const early = fitLine(x, y, 0, half)
  const late = fitLine(x, y, half, n)
  let records = 0
  let highest = -Infinity
  let lateCount = 0
  for (let i = 0; i < n; i++) {
    if (x[i] > 0.6) {
      lateCount++
      if (y[i] > highest + noise) records++
    }
    highest = Math.max(highest, y[i])
  }
  const [low, high] = quantiles(signal.values, [0.03, 0.97])
  const range = high - low
  let above = 0
  let peak = 0
  for (let i = 0; i < signal.values.length; i++) {
    if (range > 0 && signal.values[i] > low + 0.5 * range) above++
    if (signal.values[i] > signal.values[peak]) peak = i
  }
  const growth = medianSlope(x, y)
  const total = Math.max(1e-9, y.reduce((sum, value) => sum + (value - mean(y)) ** 2, 0))
  const unexplained = COMPARED.map((name) => {
    const fit = shapes.fits.find((each) => each.name === name)
    return fit === undefined ? 0 : 0.5 * Math.log10(Math.max(1e-6, fit.squares / total))
  })
  const p = shapes.growing
  const beside = growthBeside(floor, x, work)
  const quarter = Math.max(1, Math.round(n / 4))
  const curve = n >= 6 ? (median(y.subarray(0, quarter)) + median(y.subarray(n - quarter)) - 2 * median(y.subarray(Math.floor(n / 2) - Math.floor(quarter / 2), Math.floor(n / 2) + Math.ceil(quarter / 2)))) / Math.max(noise, Math.abs(rise), smallestRise) : 0
  return Float64Array.of(
    clip(Math.log((p + 0.001) / (1 - p + 0.001)), -7, 7),
    clip(shapes.bestHarmless.bic - (shapes.bestGrowing.grows ? shapes.bestGrowing.bic : shapes.bestHarmless.bic + 10), -30, 60),
    clip(Math.log((Math.max(0, growth) + 1) / (3 * noise)), -3, 5),
    clip(Math.log((rise + 1) / Math.max(0.004 * level, smallestRise)), -3, 5),
    clip(rise / level, 0, 3),
    clip((1 - riseUntil(0.6)) / 0.4, 0, 2.5),
    clip((1 - riseUntil(0.75)) / 0.25, 0, 4),
    clip((1 - riseUntil(0.9)) / 0.1, 0, 6),
    reached(0.5),
    reached(0.85),
    sumSquares > 0 ? clip((rise * rise) / sumSquares / n, 0, 1) : 0,
    rise > 0 ? sorted[n - 2] / rise : 1,
    rise > 0 && n > 2 ? sorted[n - 3] / rise : 1,
    clip(trendScore(y), -8, 12),
    clip(late.slopeError > 0 ? late.slope / late.slopeError : 0, -15, 30),
    lateCount > 0 ? records / lateCount : 0,
    clip(Math.abs(early.slope) > 1e-9 ? late.slope / Math.abs(early.slope) : late.slope > 0 ? 3 : 0, -2, 3),
    clip(whole.slopeError > 0 ? whole.slope / whole.slopeError : 0, -20, 80),
    n,
    clip(floor.amplitude / level, 0, 5),
    clip(rise / Math.max(floor.amplitude, noise, 1), 0, 10),
    Math.min(40, floor.resetCount),
    clip(range / level, 0, 5),
    above / signal.values.length,
    (signal.seconds[peak] - signal.seconds[0]) / Math.max(1e-9, signal.seconds[signal.seconds.length - 1] - signal.seconds[0]),
    range > 0 ? clip((y[n - 1] - low) / range, -0.2, 1.2) : 0,
    loadCorrelation(floor, work),
    byWork,
    clip(curve, -3, 3),
    within(beside.score, -20, 40),
    within(Math.log((Math.max(0, beside.rise) + 1) / Math.max(0.004 * level, smallestRise)), -3, 5),
    within(beside.lateScore, -20, 40),
    within(beside.lateShare, -2, 3),
    within(beside.byLoad, -1, 1),
    beside.memory,
    within(evenness(floor, x), -1, 1.5),
    clip(lateTrend(floor), -6, 8),
    ...unexplained,
  )
}

function workClock(floor: Floor, shapes: ShapeChoice, work: Work): Float64Array | undefined {
  const best = shapes.fits.filter((fit) => fit.grows && fit.driver !== 'time').reduce((a, b) => (b.weight > a.weight ? b : a))
  const total = best.driver === 'errors' ? work.errors : work.requests
  if (total === undefined) return undefined
  const at = floor.seconds.map((second) => valueAt(total, second))
  const whole = at[at.length - 1] - at[0]
  return whole > 0 ? at.map((value) => (value - at[0]) / whole) : undefined
}

function loadCorrelation(floor: Floor, { requests }: Work): number {
  if (requests === undefined || floor.seconds.length < 6) return 0
  const half = (floor.seconds[floor.seconds.length - 1] - floor.seconds[0]) / 50
  return correlation(ratesAround(requests, floor.seconds, half), floor.values)
}

function clip(value: number, low: number, high: number): number {
  return Number.isNaN(value) ? 0 : within(value, low, high)
}

/** What is not known stays so. */
function within(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value))
}

/** The numbers of the whole case, after the two blocks. */
export const CASE_NUMBERS = [
  'exactness',
  'full-collections',
  'samples',
  'full-rise', // of use after full collections, however few, as a share of its level
  'full-late-rise',
  'used-floor-rise', // floor of heap used: last third against first third
  'remainder-rise', // of the remainder, as a share of the process's rise
  'remainder-growing',
  'remainder-late',
  'external-rise', // as a share of the level of the process
  'external-growing',
  'external-late',
  'shared-rise',
  'shared-growing',
  'lazy-share',
  'file-rise',
  'rate-rise', // request rate: last third against first third
  'rate-spread',
  'idle-share',
  'rise-of-both', // rise of live memory against rise of the process, -1…1
  'runtime', // how directly the process shows what is live: 0 C and Rust, 1 Python, 2 Go, 3 V8, 4 JVM
  'collections',
  'last-collection-at',
  'uncollected', // share of the range of use that came after the last collection: garbage for all one knows
  'uncollected-process', // share of the process's rise that came after it
  'few-rise', // first to last of what collections left, however few, against the level
  'few-late-rise',
  'few-trend',
  'full-trend',
] as const

/** All numbers a verdict rests on, and the facts behind them. */
export interface CaseFacts {
  live?: GrowthFacts | undefined
  process?: GrowthFacts | undefined
  remainder?: GrowthFacts | undefined
  external?: GrowthFacts | undefined
  sharedMemory?: GrowthFacts | undefined
  numbers: Float64Array
}

/** The names of `CaseFacts.numbers`: live memory, the process, a second look at the heap, the case. */
export const NUMBER_NAMES: readonly string[] = [
  ...GROWTH_NUMBERS.map((name) => `live.${name}`),
  ...GROWTH_NUMBERS.map((name) => `process.${name}`),
  ...GROWTH_NUMBERS.map((name) => `second.${name}`),
  ...CASE_NUMBERS,
]

/** Draws the numbers of a case. Missing blocks are NaN: the model knows what absence means. */
export function caseFacts(signals: Signals): CaseFacts {
  const work: Work = { requests: signals.requests, errors: signals.errors }
  const live = growthFacts(signals.live, work, { values: signals.isPointwise ? 'exact' : undefined })
  const second = growthFacts(secondLook(signals), work, { values: signals.foot === undefined && signals.live !== undefined ? undefined : 'exact' })
  const process = growthFacts(signals.process, work)
  const remainder = growthFacts(signals.remainder, work)
  const external = growthFacts(signals.external, work)
  const sharedMemory = growthFacts(signals.sharedMemory, work)
  const missing = new Float64Array(GROWTH_NUMBERS.length).fill(Number.NaN)
  const level = Math.max(1, median(process?.floor.values ?? live?.floor.values ?? [1]))
  const riseOf = (facts: GrowthFacts | undefined): number => (facts === undefined ? 0 : thirds(facts.floor.values))
  const growing = (facts: GrowthFacts | undefined): number => (facts === undefined ? Number.NaN : facts.numbers[0])
  const late = (facts: GrowthFacts | undefined): number => (facts === undefined ? Number.NaN : facts.numbers[5])
  const full = signals.full?.values
  const rates = rateThirds(signals)
  const own = [
    signals.exactness,
    signals.live === undefined ? Number.NaN : Math.min(40, full?.length ?? 0),
    Math.log(Math.max(1, signals.sampleCount)),
    full === undefined || full.length < 2 ? Number.NaN : clip((full[full.length - 1] - full[0]) / Math.max(1, median(full)), -1, 3),
    full === undefined || full.length < 3 ? Number.NaN : clip((full[full.length - 1] - full[Math.floor(full.length / 2)]) / Math.max(1, median(full)), -1, 3),
    signals.heapUsed === undefined ? Number.NaN : clip(thirds(findFloor(signals.heapUsed).values) / Math.max(1, median(signals.heapUsed.values)), -1, 2),
    remainder === undefined ? Number.NaN : clip(riseOf(remainder) / Math.max(1, Math.abs(riseOf(process))), -2, 3),
    growing(remainder),
    late(remainder),
    external === undefined ? Number.NaN : clip(riseOf(external) / level, -1, 3),
    growing(external),
    late(external),
    sharedMemory === undefined ? Number.NaN : clip(riseOf(sharedMemory) / level, -1, 3),
    growing(sharedMemory),
    signals.lazyFree === undefined ? Number.NaN : clip(quantile(signals.lazyFree.values, 0.97) / level, 0, 5),
    signals.fileCache === undefined ? Number.NaN : clip(thirds(signals.fileCache.values) / level, -1, 5),
    rates.rise,
    rates.spread,
    rates.idle,
    live === undefined || process === undefined ? Number.NaN : clip((riseOf(live) - riseOf(process)) / Math.max(1, Math.abs(riseOf(live)) + Math.abs(riseOf(process))), -1, 1),
    ...collectionFacts(signals),
  ]
  return {
    live,
    process,
    remainder,
    external,
    sharedMemory,
    numbers: Float64Array.from([...(live?.numbers ?? missing), ...(process?.numbers ?? missing), ...(second?.numbers ?? missing), ...own]),
  }
}

/** Full collections that need no other witness. */
const ENOUGH_FULL = 8

/**
 * Live memory by another witness than `live`. Where few full collections are the best evidence, what minor ones left says when the growth
 * happened; from outside what the process rises to is judged beside what it falls back to: both rise in a leak.
 */
function secondLook({ live, liveFrom, isPointwise, after, foot, heapUsed, process }: Signals): Signal | undefined {
  if (live === undefined) return process === undefined ? undefined : findCeiling(process)
  if (liveFrom === 'heap-floor') return live.values.length >= ENOUGH_FULL ? undefined : (after ?? heapUsed)
  if (liveFrom === 'heap-live') return foot ?? heapUsed
  return isPointwise ? undefined : after
}

/** Median of the last third minus median of the first. */
function thirds(values: Float64Array): number {
  const third = Math.max(1, Math.floor(values.length / 3))
  return median(values.subarray(values.length - third)) - median(values.subarray(0, third))
}

function rateThirds({ requests }: Signals): { rise: number; spread: number; idle: number } {
  if (requests === undefined) return { rise: Number.NaN, spread: Number.NaN, idle: Number.NaN }
  const start = requests.seconds[0]
  const span = requests.seconds[requests.seconds.length - 1] - start
  if (!(span > 0)) return { rise: Number.NaN, spread: Number.NaN, idle: Number.NaN }
  const parts = 30
  const rate = new Float64Array(parts)
  for (let part = 0; part < parts; part++) rate[part] = valueAt(requests, start + ((part + 1) * span) / parts) - valueAt(requests, start + (part * span) / parts)
  const middle = mean(rate)
  return {
    rise: clip((mean(rate.subarray(20)) - mean(rate.subarray(0, 10))) / Math.max(1e-9, middle), -3, 3),
    spread: clip(Math.sqrt(mean(rate.map((value) => (value - middle) ** 2))) / Math.max(1e-9, middle), 0, 3),
    idle: rate.filter((value) => value < 0.1 * middle).length / parts,
  }
}
