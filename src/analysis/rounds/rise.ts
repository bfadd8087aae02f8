import { fitLine, median, medianSlope } from '../series/statistics.ts'

/** How one quantity moves over the rounds of a hunt. */
export interface Rise {
  /** Per operation (or second): Theil–Sen slope over all floors. */
  perUnit: number
  /** The same over the later half: warm-up and caches that fill have mostly ended there. */
  lateUnit: number
  /** What the middle one of the later steps gained, per unit: far below `lateUnit` where a single leap made the rise. */
  lateMedian: number
  /** Steps that rose, of all. */
  rose: number
  steps: number
  /** `lateUnit` over its standard error: above 3 the late rise is no noise. */
  lateScore: number
  total: number
}

const UNKNOWN: Rise = { perUnit: 0, lateUnit: 0, lateMedian: 0, rose: 0, steps: 0, lateScore: 0, total: 0 }

/**
 * Slope of `values` over `done`, robust against a round that went astray (a sweep that came late, a table that doubled).
 * What was not measured (NaN) is not known to rise: no step, no slope.
 * Method: Theil–Sen for the slope, least squares for its error; the later half begins at the middle floor.
 */
export function measureRise(done: readonly number[], values: readonly number[]): Rise {
  if (values.some(Number.isNaN)) return UNKNOWN
  const half = Math.floor((done.length - 1) / 2)
  const lateDone = done.slice(half)
  const lateValues = values.slice(half)
  let rose = 0
  for (let at = 1; at < values.length; at++) if (values[at]! > values[at - 1]!) rose++
  const late = fitLine(lateDone, lateValues)
  return {
    perUnit: medianSlope(done, values),
    lateUnit: medianSlope(lateDone, lateValues),
    lateMedian: lateValues.length < 2 ? 0 : median(lateValues.slice(1).map((value, step) => (value - lateValues[step]!) / (lateDone[step + 1]! - lateDone[step]!))),
    rose,
    steps: Math.max(0, values.length - 1),
    lateScore: late.slopeError === 0 ? (late.slope === 0 ? 0 : Math.sign(late.slope) * Infinity) : late.slope / late.slopeError,
    total: values.length === 0 ? 0 : values.at(-1)! - values[0]!,
  }
}
