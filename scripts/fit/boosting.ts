import type { Tree } from '../../src/analysis/series/forest.ts'

/**
 * Gradient boosting of small trees (Friedman 2001, doi:10.1214/aos/1013203451; second-order gains and leaf values after
 * Chen & Guestrin 2016, doi:10.1145/2939672.2939785) on histograms of at most 48 bins. A missing number goes to the side
 * where it helps more. Deterministic: rows and columns are drawn by a seeded generator.
 */

export interface BoostOptions {
  rounds: number
  depth: number
  rate: number
  /** Smallest sum of weights in a leaf. */
  leaf: number
  /** Ridge on the leaf values. */
  ridge: number
  rowShare: number
  columnShare: number
  seed: number
  /** Columns whose larger numbers may only raise the answer (1) or lower it (−1), all else being equal. */
  direction?: Int8Array | undefined
}

const BINS = 48
const MISSING = BINS

export interface Binned {
  rows: number
  columns: number
  /** bin[column][row] */
  bin: Uint8Array[]
  /** Upper bound of each bin but the last. */
  bounds: Float64Array[]
}

export function binColumns(rows: readonly Float64Array[]): Binned {
  const columns = rows[0]!.length
  const bounds: Float64Array[] = []
  const bin: Uint8Array[] = []
  for (let column = 0; column < columns; column++) {
    const known = Float64Array.from(rows.map((row) => row[column]!).filter((value) => !Number.isNaN(value))).toSorted()
    const edges: number[] = []
    for (let b = 1; b < BINS; b++) {
      const at = Math.floor((b * known.length) / BINS)
      if (at <= 0 || at >= known.length) continue
      const edge = (known[at - 1]! + known[at]!) / 2
      if (known[at - 1] !== known[at] && edge !== edges.at(-1)) edges.push(edge)
    }
    const bound = Float64Array.from(edges)
    bounds.push(bound)
    bin.push(
      Uint8Array.from(rows, (row) => {
        const value = row[column]!
        if (Number.isNaN(value)) return MISSING
        let low = 0
        let high = bound.length
        while (low < high) {
          const middle = (low + high) >> 1
          if (value > bound[middle]!) low = middle + 1
          else high = middle
        }
        return low
      }),
    )
  }
  return { rows: rows.length, columns, bin, bounds }
}

/** Sums of gradients and hessians, side by side, of each bin of each column. */
type Histogram = Float64Array

const WIDTH = 2 * (BINS + 1)

/** What stands in each bin of the columns among some rows. */
function countBins(data: Binned, columns: readonly number[], rows: Int32Array, slopes: Float64Array): Histogram {
  const histogram = new Float64Array(columns.length * WIDTH)
  const own = new Float64Array(rows.length * 2)
  for (let i = 0; i < rows.length; i++) {
    own[2 * i] = slopes[2 * rows[i]!]!
    own[2 * i + 1] = slopes[2 * rows[i]! + 1]!
  }
  for (let c = 0; c < columns.length; c++) {
    const bins = data.bin[columns[c]!]!
    const start = c * WIDTH
    for (let i = 0; i < rows.length; i++) {
      const at = start + 2 * bins[rows[i]!]!
      histogram[at]! += own[2 * i]!
      histogram[at + 1]! += own[2 * i + 1]!
    }
  }
  return histogram
}

interface Growing {
  node: number
  rows: Int32Array
  histogram: Histogram
  /** What the answers below may be, so that no later split turns a direction round. */
  low: number
  high: number
}

/** One tree on the gradients; adds its answers to `scores`. Of two children only the smaller is counted: the other is the rest. */
export function growTree(data: Binned, gradient: Float64Array, hessian: Float64Array, sample: Int32Array, columns: readonly number[], options: BoostOptions, scores: Float64Array): Tree {
  const feature: number[] = [-1]
  const value: number[] = [0]
  const next: number[] = [0]
  const missing: number[] = [0]
  const slopes = new Float64Array(2 * data.rows)
  for (let row = 0; row < data.rows; row++) {
    slopes[2 * row] = gradient[row]!
    slopes[2 * row + 1] = hessian[row]!
  }
  let level: Growing[] = [{ node: 0, rows: sample, histogram: countBins(data, columns, sample, slopes), low: -Infinity, high: Infinity }]
  for (let depth = 0; depth <= options.depth; depth++) {
    const below: Growing[] = []
    for (const growing of level) {
      const { node, rows, histogram, low, high } = growing
      let g = 0
      let h = 0
      for (const row of rows) {
        g += gradient[row]!
        h += hessian[row]!
      }
      value[node] = Math.max(low, Math.min(high, -g / (h + options.ridge))) * options.rate
      if (depth === options.depth || h < 2 * options.leaf) continue
      const best = bestSplit(data, columns, growing, g, h, options)
      if (best.column < 0) continue
      const bins = data.bin[best.column]!
      const goesLeft = (row: number): boolean => (bins[row] === MISSING ? best.missing === 0 : bins[row]! <= best.bin)
      feature[node] = best.column
      value[node] = data.bounds[best.column]![best.bin]!
      missing[node] = best.missing
      next[node] = feature.length
      const left = rows.filter(goesLeft)
      const right = rows.filter((row) => !goesLeft(row))
      const isLast = depth + 1 === options.depth
      const smaller = isLast ? new Float64Array(0) : countBins(data, columns, left.length <= right.length ? left : right, slopes)
      const larger = isLast ? smaller : histogram.map((sum, i) => sum - smaller[i]!)
      const [ofLeft, ofRight] = left.length <= right.length ? [smaller, larger] : [larger, smaller]
      const way = options.direction?.[best.column] ?? 0
      const middle = (best.left + best.right) / 2
      below.push(
        { node: feature.length, rows: left, histogram: ofLeft, low: way < 0 ? middle : low, high: way > 0 ? middle : high },
        { node: feature.length + 1, rows: right, histogram: ofRight, low: way > 0 ? middle : low, high: way < 0 ? middle : high },
      )
      feature.push(-1, -1)
      value.push(0, 0)
      next.push(0, 0)
      missing.push(0, 0)
    }
    level = below
  }
  for (let row = 0; row < data.rows; row++) {
    let node = 0
    while (feature[node]! >= 0) {
      const b = data.bin[feature[node]!]![row]!
      const bound = data.bounds[feature[node]!]!
      const right = b === MISSING ? missing[node]! : (b < bound.length ? bound[b]! : Infinity) > value[node]! ? 1 : 0
      node = next[node]! + right
    }
    scores[row]! += value[node]!
  }
  return { feature, value, next, missing }
}

interface Split {
  gain: number
  column: number
  bin: number
  missing: number
  /** The answers on both sides. */
  left: number
  right: number
}

function bestSplit(data: Binned, columns: readonly number[], { histogram, low, high }: Growing, g: number, h: number, options: BoostOptions): Split {
  const before = (g * g) / (h + options.ridge)
  const answer = (sumG: number, sumH: number): number => Math.max(low, Math.min(high, -sumG / (sumH + options.ridge)))
  let best: Split = { gain: 1e-3, column: -1, bin: 0, missing: 0, left: 0, right: 0 }
  for (let c = 0; c < columns.length; c++) {
    const used = data.bounds[columns[c]!]!.length + 1
    if (used < 2) continue
    const start = c * WIDTH
    const way = options.direction?.[columns[c]!] ?? 0
    const missingG = histogram[start + 2 * MISSING]!
    const missingH = histogram[start + 2 * MISSING + 1]!
    let leftG = 0
    let leftH = 0
    for (let b = 0; b < used - 1; b++) {
      leftG += histogram[start + 2 * b]!
      leftH += histogram[start + 2 * b + 1]!
      for (let side = 0; side < 2; side++) {
        const lg = leftG + (side === 0 ? missingG : 0)
        const lh = leftH + (side === 0 ? missingH : 0)
        if (lh < options.leaf || h - lh < options.leaf) continue
        const gain = (lg * lg) / (lh + options.ridge) + ((g - lg) * (g - lg)) / (h - lh + options.ridge) - before
        if (gain > best.gain) {
          const left = answer(lg, lh)
          const right = answer(g - lg, h - lh)
          if (way * (right - left) >= 0) best = { gain, column: columns[c]!, bin: b, missing: side, left, right }
        }
        // What is left of a subtraction is not zero to the last bit.
        if (missingH < 1e-9) break
      }
    }
  }
  return best
}

export interface Forest {
  start: number
  trees: Tree[]
}

/** Yes or no, by logistic loss. */
export function boostBinary(data: Binned, truth: ArrayLike<number>, weight: ArrayLike<number>, options: BoostOptions): Forest {
  const n = data.rows
  let yes = 0
  let all = 0
  for (let i = 0; i < n; i++) {
    yes += truth[i]! * weight[i]!
    all += weight[i]!
  }
  const start = Math.log(yes / (all - yes))
  const scores = new Float64Array(n).fill(start)
  const draw = drawing(data, options)
  const gradient = new Float64Array(n)
  const hessian = new Float64Array(n)
  const trees: Tree[] = []
  for (let round = 0; round < options.rounds; round++) {
    for (let i = 0; i < n; i++) {
      const p = 1 / (1 + Math.exp(-scores[i]!))
      gradient[i] = (p - truth[i]!) * weight[i]!
      hessian[i] = Math.max(1e-6, p * (1 - p)) * weight[i]!
    }
    trees.push(growTree(data, gradient, hessian, draw.rows(), draw.columns(), options, scores))
  }
  return { start, trees }
}

/** One of several, by softmax; `fair[i]` are the classes that count as right for row i, the first being the truest. */
export function boostClasses(data: Binned, fair: readonly (readonly number[])[], weight: ArrayLike<number>, classes: number, options: BoostOptions): Forest[] {
  const n = data.rows
  const scores = Array.from({ length: classes }, () => new Float64Array(n))
  const forests: Forest[] = scores.map(() => ({ start: 0, trees: [] }))
  const draw = drawing(data, options)
  const gradient = new Float64Array(n)
  const hessian = new Float64Array(n)
  const odds = new Float64Array(classes)
  for (let round = 0; round < options.rounds; round++) {
    const before = scores.map((column) => column.slice())
    const rows = draw.rows()
    const columns = draw.columns()
    for (let k = 0; k < classes; k++) {
      for (let i = 0; i < n; i++) {
        let sum = 0
        for (let j = 0; j < classes; j++) sum += odds[j] = Math.exp(before[j]![i]!)
        let allowed = 0
        for (const j of fair[i]!) allowed += odds[j]!
        const p = odds[k]! / sum
        // Half the truth goes to the truest class, half to whichever fair class is already preferred.
        const aim = fair[i]!.includes(k) ? 0.5 * (odds[k]! / allowed) + (fair[i]![0] === k ? 0.5 : 0) : 0
        gradient[i] = (p - aim) * weight[i]!
        hessian[i] = Math.max(1e-6, p * (1 - p)) * weight[i]!
      }
      forests[k]!.trees.push(growTree(data, gradient, hessian, rows, columns, options, scores[k]!))
    }
  }
  return forests
}

function drawing(data: Binned, options: BoostOptions): { rows(): Int32Array; columns(): number[] } {
  let state = options.seed >>> 0
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  return {
    rows: () => Int32Array.from({ length: data.rows }, (_, i) => i).filter(() => next() < options.rowShare),
    columns: () => Array.from({ length: data.columns }, (_, i) => i).filter(() => next() < options.columnShare),
  }
}
