import type { Floor } from './floor.ts'
import { ratesAround, type Signal, valueAt } from './signal.ts'
import { autocorrelation, mean } from './statistics.ts'

/** The courses a floor may have. The first row is harmless, the second grows for ever. */
export const HARMLESS_SHAPES = ['constant', 'exponential', 'logarithm', 'ramp-flat', 'ramp-slower', 'step', 'two-steps', 'rate', 'sine'] as const
export const GROWING_SHAPES = ['line', 'by-requests', 'by-errors', 'late-ramp', 'step-line', 'warm-line', 'rate-line', 'rate-requests', 'sine-line'] as const
export type ShapeName = (typeof HARMLESS_SHAPES)[number] | (typeof GROWING_SHAPES)[number]

/** The best fit of one shape. */
export interface ShapeFit {
  name: ShapeName
  grows: boolean
  parameters: number
  /** Sum of squared residuals. */
  squares: number
  residuals: Float64Array
  /** Of a growing shape: value per whole span of its driver (time, requests or errors). */
  slope: number
  driver: 'time' | 'requests' | 'errors'
  /** Where a late ramp begins or a step happens, as a share of the span; else 0. */
  bend: number
  bic: number
  weight: number
}

export interface ShapeChoice {
  fits: ShapeFit[]
  best: ShapeFit
  bestGrowing: ShapeFit
  bestHarmless: ShapeFit
  /** Weight of the growing shapes that really rise. */
  growing: number
  /** Points that count, after autocorrelation. */
  effectivePoints: number
}

export interface Work {
  requests?: Signal | undefined
  errors?: Signal | undefined
}

/** A least-squares fit of `y` on a few columns, the first being all ones. */
interface Fit {
  coefficients: number[]
  squares: number
}

/**
 * Competing shapes for a floor, weighed by their Bayesian information criterion.
 *
 * Method: least squares of each shape on the floor points; x is time scaled to 0…1, q cumulative requests or errors scaled
 *   to 0…1, used only where it differs from x. Autocorrelation r of the best residuals leaves n(1−r)/(1+r) points;
 *   BIC = n·ln(SSE/n) + k·ln n, weights ∝ exp(−BIC/2). Counting work as the driver costs 0.3 parameters more.
 * Cost: a few hundred fits of at most 36 points and 4 columns.
 */
export function fitShapes(floor: Floor, work: Work): ShapeChoice {
  const n = floor.values.length
  const first = floor.seconds[0]
  const span = Math.max(1e-9, floor.seconds[n - 1] - first)
  const x = floor.seconds.map((second) => (second - first) / span)
  const y = floor.values
  const q = driverOf(work.requests, floor, x, 0.06)
  const e = driverOf(work.errors, floor, x, 0.1)
  const rate = rateOf(work.requests, floor, span)
  const fits: ShapeFit[] = []
  const add = (name: ShapeName, fit: Fit | undefined, columns: Float64Array[], extra: Partial<ShapeFit> & { parameters: number }): void => {
    if (fit === undefined) return
    const residuals = y.map((value, i) => value - predict(fit, columns, i))
    fits.push({ name, grows: false, slope: 0, driver: 'time', bend: 0, bic: 0, weight: 0, squares: fit.squares, residuals, ...extra })
  }
  const search = (candidates: Iterable<{ columns: Float64Array[]; bend?: number }>, allow: (fit: Fit) => boolean = () => true): { fit: Fit; columns: Float64Array[]; bend: number } | undefined => {
    let best: { fit: Fit; columns: Float64Array[]; bend: number } | undefined
    for (const { columns, bend = 0 } of candidates) {
      const fit = solve(columns, y)
      if (fit !== undefined && allow(fit) && (best === undefined || fit.squares < best.fit.squares)) best = { fit, columns, bend }
    }
    return best
  }
  const found = (name: ShapeName, result: ReturnType<typeof search>, parameters: number, grows?: { slopeAt: number; driver?: 'time' | 'requests' | 'errors' }): void => {
    if (result === undefined) return
    const slope = grows === undefined ? 0 : result.fit.coefficients[grows.slopeAt]
    add(name, result.fit, result.columns, { parameters, bend: result.bend, grows: grows !== undefined && slope > 0, slope, driver: grows?.driver ?? 'time' })
  }
  // Several shapes are made of the same columns: each is drawn once.
  const ramps = BREAKS.map((bend) => ({ bend, from: x.map((at) => Math.max(0, at - bend)), until: x.map((at) => Math.min(at, bend)) }))
  const warm = TAUS.map((tau) => ({ tau, column: x.map((at) => 1 - Math.exp(-at / tau)) }))
  const waves = PERIODS.map((period) => wave(x, period))
  const jumpColumns = new Map<number, Float64Array>()
  const jump = (bend: number): Float64Array => {
    let column = jumpColumns.get(bend)
    if (column === undefined) jumpColumns.set(bend, (column = x.map((at) => (at > bend ? 1 : 0))))
    return column
  }
  const jumps = middles(x)

  found('constant', search([{ columns: [] }]), 1)
  found('exponential', search(warm.map(({ column }) => ({ columns: [column] }))), 3)
  found('logarithm', search(LOG_TAUS.map((tau) => ({ columns: [x.map((at) => Math.log1p(at / tau))] }))), 3)
  found('ramp-flat', search(ramps.map(({ bend, until }) => ({ columns: [until], bend }))), 3)
  found('ramp-slower', search(ramps.filter(({ bend }) => bend <= 0.6).map(({ bend, from, until }) => ({ columns: [until, from], bend })), ({ coefficients: [, early, late] }) => late >= 0 && late < 0.25 * early), 4)
  found('step', search(jumps.map((bend) => ({ columns: [jump(bend)], bend }))), 3)
  found('two-steps', search(bestPair(y).map(([a, b]) => ({ columns: [jump(jumps[a]), jump(jumps[b])], bend: jumps[a] }))), 5)
  found('line', search([{ columns: [x] }]), 2, { slopeAt: 1 })
  found('late-ramp', search(ramps.filter(({ bend }) => bend <= 0.75).map(({ bend, from }) => ({ columns: [from], bend }))), 3, { slopeAt: 1 })
  found('step-line', search(jumps.map((bend) => ({ columns: [x, jump(bend)], bend }))), 4, { slopeAt: 1 })
  found('warm-line', search(warm.filter(({ tau }) => tau <= 0.1).map(({ column }) => ({ columns: [x, column] })), ({ coefficients }) => coefficients[2] >= 0), 4, { slopeAt: 1 })
  found('sine', search(waves.map((columns) => ({ columns }))), 4)
  found('sine-line', search(waves.map((columns) => ({ columns: [x, ...columns] }))), 5, { slopeAt: 1 })
  if (q !== undefined) found('by-requests', search([{ columns: [q] }]), 2.3, { slopeAt: 1, driver: 'requests' })
  if (e !== undefined) found('by-errors', search([{ columns: [e] }]), 2.3, { slopeAt: 1, driver: 'errors' })
  if (rate !== undefined) {
    found('rate', search([{ columns: [rate] }]), 2)
    found('rate-line', search([{ columns: [x, rate] }]), 3, { slopeAt: 1 })
    if (q !== undefined) found('rate-requests', search([{ columns: [q, rate] }]), 3.3, { slopeAt: 1, driver: 'requests' })
  }
  return weigh(fits, floor)
}

const TAUS = [0.02, 0.04, 0.07, 0.1, 0.15, 0.2, 0.27, 0.35, 0.45]
const LOG_TAUS = [0.01, 0.03, 0.1, 0.3]
const BREAKS = [0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85]
const PERIODS = [0.15, 0.18, 0.22, 0.26, 0.3, 0.36, 0.43, 0.5, 0.6, 0.7, 0.85, 1]

function weigh(fits: ShapeFit[], floor: Floor): ShapeChoice {
  const n = floor.values.length
  const smallest = floor.noise ** 2 / 2
  const score = (points: number): void => {
    for (const fit of fits) fit.bic = points * Math.log(Math.max(fit.squares / n, smallest)) + fit.parameters * Math.log(points)
  }
  score(n)
  const roughBest = fits.reduce((a, b) => (b.bic < a.bic ? b : a))
  const r = Math.max(0, autocorrelation(roughBest.residuals))
  const effectivePoints = Math.max(Math.min(5, n), (n * (1 - r)) / (1 + r))
  score(effectivePoints)
  const best = fits.reduce((a, b) => (b.bic < a.bic ? b : a))
  let sum = 0
  for (const fit of fits) sum += fit.weight = Math.exp((best.bic - fit.bic) / 2)
  let growing = 0
  for (const fit of fits) {
    fit.weight /= sum
    if (fit.grows) growing += fit.weight
  }
  const least = (some: ShapeFit[]): ShapeFit => some.reduce((a, b) => (b.bic < a.bic ? b : a))
  const isGrowing = (name: ShapeName): boolean => (GROWING_SHAPES as readonly string[]).includes(name)
  return { fits, best, bestGrowing: least(fits.filter(({ name }) => isGrowing(name))), bestHarmless: least(fits.filter(({ name }) => !isGrowing(name))), growing, effectivePoints }
}

/** Cumulative work at the floor's times, 0…1; undefined when it says nothing time does not say. */
function driverOf(total: Signal | undefined, floor: Floor, x: Float64Array, different: number): Float64Array | undefined {
  if (total === undefined) return undefined
  const at = floor.seconds.map((second) => valueAt(total, second))
  const whole = at[at.length - 1] - at[0]
  if (whole <= 0) return undefined
  const q = at.map((value) => (value - at[0]) / whole)
  return q.some((value, i) => Math.abs(value - x[i]) > different) ? q : undefined
}

/** Requests per second around each floor point, over its mean; undefined when it hardly varies. */
function rateOf(total: Signal | undefined, floor: Floor, span: number): Float64Array | undefined {
  if (total === undefined) return undefined
  const rate = ratesAround(total, floor.seconds, Math.max(span / 50, 1e-9))
  const middle = mean(rate)
  if (middle <= 0) return undefined
  const spread = Math.sqrt(mean(rate.map((value) => (value - middle) ** 2))) / middle
  return spread > 0.12 ? rate.map((value) => value / middle) : undefined
}

function wave(x: Float64Array, period: number): [Float64Array, Float64Array] {
  return [x.map((at) => Math.sin((2 * Math.PI * at) / period)), x.map((at) => Math.cos((2 * Math.PI * at) / period))]
}

function middles(x: Float64Array): number[] {
  const between: number[] = []
  for (let i = 1; i < x.length - 2; i++) between.push((x[i] + x[i + 1]) / 2)
  return between
}

/**
 * Where two steps fit best: of about a hundred pairs of places spread wide, then of all around the best of them. Place k lies behind
 * point k + 1. Sums up to each point make a pair's fit three divisions.
 */
function bestPair(y: Float64Array): [number, number][] {
  const n = y.length
  const places = Math.max(0, n - 3)
  const middle = mean(y)
  const sums = new Float64Array(n + 1)
  for (let i = 0; i < n; i++) sums[i + 1] = sums[i] + y[i] - middle
  // What three levels explain: the sum of each part, squared, over its points.
  const explained = (a: number, b: number): number => sums[a + 2] ** 2 / (a + 2) + (sums[b + 2] - sums[a + 2]) ** 2 / (b - a) + (sums[n] - sums[b + 2]) ** 2 / (n - b - 2)
  const stride = Math.max(1, Math.ceil(places / 14))
  let best: { a: number; b: number; explained: number } | undefined
  const consider = (a: number, b: number): void => {
    const value = explained(a, b)
    if (best === undefined || value > best.explained) best = { a, b, explained: value }
  }
  for (let a = 0; a < places; a += stride) for (let b = a + stride; b < places; b += stride) consider(a, b)
  if (best === undefined) return []
  const { a: midA, b: midB } = best as { a: number; b: number }
  for (let a = Math.max(0, midA - stride + 1); a < Math.min(places, midA + stride); a++) {
    for (let b = Math.max(a + 1, midB - stride + 1); b < Math.min(places, midB + stride); b++) consider(a, b)
  }
  return [[best.a, best.b]]
}

function predict(fit: Fit, columns: readonly Float64Array[], i: number): number {
  let value = fit.coefficients[0]
  for (let k = 0; k < columns.length; k++) value += fit.coefficients[k + 1] * columns[k][i]
  return value
}

/**
 * Normal equations on centred columns: closed for one and two of them, which most shapes have, else by Gauss with pivoting. The
 * residual sum comes from the equations themselves, so no second pass is made. Undefined when the columns do not differ.
 */
function solve(columns: readonly Float64Array[], y: Float64Array): Fit | undefined {
  const n = y.length
  const k = columns.length
  if (n < k + 1) return undefined
  const meanY = mean(y)
  let yy = 0
  for (let p = 0; p < n; p++) yy += (y[p] - meanY) ** 2
  if (k === 0) return { coefficients: [meanY], squares: yy }
  const means: number[] = []
  const a: number[][] = []
  const right: number[] = []
  for (let i = 0; i < k; i++) {
    const column = columns[i]
    const middle = mean(column)
    means.push(middle)
    let xy = 0
    for (let p = 0; p < n; p++) xy += (column[p] - middle) * (y[p] - meanY)
    right.push(xy)
    const row: number[] = []
    for (let j = 0; j < i; j++) row.push(a[j][i])
    for (let j = i; j < k; j++) {
      const other = columns[j]
      let sum = 0
      // One side centred is enough: the other's mean falls out.
      for (let p = 0; p < n; p++) sum += (column[p] - middle) * other[p]
      row.push(sum)
    }
    a.push(row)
  }
  const slopes = k === 1 ? solveOne(a, right) : k === 2 ? solveTwo(a, right) : eliminate(a, right)
  if (slopes === undefined) return undefined
  let intercept = meanY
  let explained = 0
  for (let i = 0; i < k; i++) {
    intercept -= slopes[i] * means[i]
    explained += slopes[i] * right[i]
  }
  return { coefficients: [intercept, ...slopes], squares: Math.max(0, yy - explained) }
}

const SINGULAR = 1e-9

function solveOne([[xx]]: number[][], [xy]: number[]): number[] | undefined {
  return xx < SINGULAR ? undefined : [xy / xx]
}

function solveTwo([[aa, ab], [, bb]]: number[][], [ay, by]: number[]): number[] | undefined {
  const determinant = aa * bb - ab * ab
  return determinant < SINGULAR * Math.max(aa, bb) ? undefined : [(ay * bb - by * ab) / determinant, (by * aa - ay * ab) / determinant]
}

function eliminate(matrix: number[][], right: number[]): number[] | undefined {
  const k = right.length
  const a = matrix.map((row, i) => [...row, right[i]])
  for (let i = 0; i < k; i++) {
    let pivot = i
    for (let r = i + 1; r < k; r++) if (Math.abs(a[r][i]) > Math.abs(a[pivot][i])) pivot = r
    if (Math.abs(a[pivot][i]) < SINGULAR) return undefined
    ;[a[i], a[pivot]] = [a[pivot], a[i]]
    for (let r = i + 1; r < k; r++) {
      const factor = a[r][i] / a[i][i]
      for (let c = i; c <= k; c++) a[r][c] -= factor * a[i][c]
    }
  }
  const slopes = Array.from({ length: k }, () => 0)
  for (let i = k - 1; i >= 0; i--) {
    let sum = a[i][k]
    for (let j = i + 1; j < k; j++) sum -= a[i][j] * slopes[j]
    slopes[i] = sum / a[i][i]
  }
  return slopes
}
