/** Small robust statistics over short columns. None of them changes its input. */

/** The value below which the share `q` of the column lies, interpolated. NaN for an empty column. Cost: linear. */
export function quantile(values: ArrayLike<number>, q: number): number {
  return placed(Float64Array.from(values), q)
}

/** Several at once, on one copy. */
export function quantiles(values: ArrayLike<number>, shares: readonly number[]): number[] {
  const copy = Float64Array.from(values)
  return shares.map((q) => placed(copy, q))
}

function placed(copy: Float64Array, q: number): number {
  if (copy.length === 0) return Number.NaN
  const at = q * (copy.length - 1)
  const low = Math.floor(at)
  const lower = select(copy, low)
  if (at === low || low + 1 >= copy.length) return lower
  let upper = copy[low + 1]
  for (let i = low + 2; i < copy.length; i++) if (copy[i] < upper) upper = copy[i]
  return lower + (at - low) * (upper - lower)
}

/** Hoare's selection: afterwards the k-th smallest stands at place k, nothing larger before it, nothing smaller behind. */
function select(values: Float64Array, k: number): number {
  let left = 0
  let right = values.length - 1
  while (left < right) {
    const pivot = values[(left + right) >> 1]
    let i = left
    let j = right
    while (i <= j) {
      while (values[i] < pivot) i++
      while (values[j] > pivot) j--
      if (i <= j) {
        const swap = values[i]
        values[i++] = values[j]
        values[j--] = swap
      }
    }
    if (k <= j) right = j
    else if (k >= i) left = i
    else break
  }
  return values[k]
}

export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5)
}

export function mean(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]
  return values.length === 0 ? Number.NaN : sum / values.length
}

/** Median of the distances to the median, times 1.4826: a standard deviation that outliers do not move. */
export function robustDeviation(values: ArrayLike<number>): number {
  const middle = median(values)
  return 1.4826 * median(Float64Array.from(values, (value) => Math.abs(value - middle)))
}

/** A straight line by least squares, and how sure its slope is. */
export interface Line {
  slope: number
  intercept: number
  /** Standard error of the slope; Infinity below three points. */
  slopeError: number
  /** Sum of squared residuals. */
  squares: number
}

export function fitLine(x: ArrayLike<number>, y: ArrayLike<number>, from = 0, to = x.length): Line {
  const n = to - from
  let sumX = 0
  let sumY = 0
  for (let i = from; i < to; i++) {
    sumX += x[i]
    sumY += y[i]
  }
  const meanX = sumX / n
  const meanY = sumY / n
  let xx = 0
  let xy = 0
  let yy = 0
  for (let i = from; i < to; i++) {
    xx += (x[i] - meanX) ** 2
    xy += (x[i] - meanX) * (y[i] - meanY)
    yy += (y[i] - meanY) ** 2
  }
  const slope = xx > 0 ? xy / xx : 0
  const squares = Math.max(0, yy - slope * xy)
  return { slope, intercept: meanY - slope * meanX, slopeError: n > 2 && xx > 0 ? Math.sqrt(squares / (n - 2) / xx) : Infinity, squares }
}

/** Theil–Sen: the median of the slopes between all pairs. Cost: points², for short columns only. */
export function medianSlope(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const slopes: number[] = []
  for (let i = 0; i < x.length; i++) for (let j = i + 1; j < x.length; j++) if (x[j] !== x[i]) slopes.push((y[j] - y[i]) / (x[j] - x[i]))
  return slopes.length === 0 ? 0 : median(slopes)
}

/**
 * Mann–Kendall's z, its variance widened for first-order autocorrelation of the detrended column.
 * Not a proof of a leak: a cache that fills has the same z.
 */
export function trendScore(y: ArrayLike<number>): number {
  const n = y.length
  if (n < 4) return 0
  let s = 0
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) s += Math.sign(y[j] - y[i])
  const x = Float64Array.from({ length: n }, (_, i) => i)
  const line = fitLine(x, y)
  const residual = x.map((value, i) => y[i] - line.intercept - line.slope * value)
  const r = Math.max(0, autocorrelation(residual))
  const variance = ((n * (n - 1) * (2 * n + 5)) / 18) * ((1 + r) / (1 - r))
  return (s - Math.sign(s)) / Math.sqrt(variance)
}

/** Lag-one autocorrelation, between -0.95 and 0.95. */
export function autocorrelation(values: ArrayLike<number>): number {
  const middle = mean(values)
  let product = 0
  let square = 0
  for (let i = 0; i < values.length; i++) {
    square += (values[i] - middle) ** 2
    if (i > 0) product += (values[i] - middle) * (values[i - 1] - middle)
  }
  return square === 0 ? 0 : Math.max(-0.95, Math.min(0.95, product / square))
}

export function correlation(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const meanX = mean(x)
  const meanY = mean(y)
  let xy = 0
  let xx = 0
  let yy = 0
  for (let i = 0; i < x.length; i++) {
    xy += (x[i] - meanX) * (y[i] - meanY)
    xx += (x[i] - meanX) ** 2
    yy += (y[i] - meanY) ** 2
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : 0
}
