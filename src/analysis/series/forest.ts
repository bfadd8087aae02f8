import type { SeriesVerdictName } from '../../model/series-verdict.ts'

/**
 * Boosted decision trees, evaluated. How they were grown is in scripts/fit-verdict.ts; their numbers are data in
 * `verdict-weights.ts`.
 */

/**
 * One tree as parallel columns. Node 0 is the top. `feature` −1 marks a leaf whose answer is `value`; at the others a number
 * of at most `value` goes to `next`, a larger one to `next + 1`, a missing one where `missing` says (0 or 1).
 */
export interface Tree {
  feature: readonly number[]
  value: readonly number[]
  next: readonly number[]
  missing: readonly number[]
}

/**
 * A tree as it is written down: for each node twice its feature plus the side of what is missing (−1: a leaf), and its value. Children
 * come two by two in the order of the nodes that split.
 */
export type PackedTree = readonly [split: readonly number[], value: readonly number[]]

export function unpackTree([split, value]: PackedTree): Tree {
  let free = 1
  return {
    feature: split.map((each) => (each < 0 ? -1 : each >> 1)),
    value,
    next: split.map((each) => (each < 0 ? 0 : (free += 2) - 2)),
    missing: split.map((each) => (each < 0 ? 0 : each & 1)),
  }
}

/** The sum of the trees' answers, on the logit scale. Cost: one short walk per tree. */
export function sumTrees(trees: readonly Tree[], start: number, numbers: Float64Array): number {
  let sum = start
  for (const tree of trees) {
    let node = 0
    for (;;) {
      const feature = tree.feature[node]
      if (feature < 0) break
      const number = numbers[feature]
      const right = Number.isNaN(number) ? tree.missing[node] : number > tree.value[node] ? 1 : 0
      node = tree.next[node] + right
    }
    sum += tree.value[node]
  }
  return sum
}

export function logistic(logit: number): number {
  return 1 / (1 + Math.exp(-logit))
}

/** What the fitting script writes: two forests and the thresholds that turn a probability into a word. */
export interface VerdictWeights {
  leak: { start: number; trees: readonly Tree[] }
  /** One forest for each harmless class, in this order. */
  classes: readonly { name: SeriesVerdictName; trees: readonly Tree[] }[]
  thresholds: {
    /** Log odds from which the looks together are an alarm, with metrics from inside the runtime and without. */
    leak: number
    leakFromOutside: number
    /** At least this probability, and still rising: growing. */
    growing: number
  }
}

/** How much the look at the end counts, and the looks back at what was known at a share of the time. */
interface Looks {
  now: number
  back: readonly (readonly [share: number, weight: number])[]
}

const LOOKS: Looks = {
  now: 0.4,
  back: [
    [0.9, 0.2],
    [0.8, 0.2],
    [0.7, 0.2],
  ],
}
/** From outside a leak shows late: early looks doubt nearly all of them, so only the newest counts. */
const LOOKS_FROM_OUTSIDE: Looks = { now: 1, back: [] }
/** No look is surer than this. */
const MOST = 6

/**
 * Whether it is time to say leak: what looks like one must have looked like one before. The log odds of the looks are averaged, so
 * a sure verdict now carries a doubtful early one, and the reverse. What no further look can change is not looked at.
 */
export function isAlarm(thresholds: VerdictWeights['thresholds'], fromOutside: boolean, now: number, before: (share: number) => number): boolean {
  if (logistic(now) < thresholds.growing) return false
  const needed = fromOutside ? thresholds.leakFromOutside : thresholds.leak
  const looks = fromOutside ? LOOKS_FROM_OUTSIDE : LOOKS
  let sum = looks.now * Math.min(MOST, now)
  let left = looks.back.reduce((total, [, weight]) => total + weight, 0)
  for (const [share, weight] of looks.back) {
    if (sum - left * MOST >= needed || sum + left * MOST < needed) break
    sum += weight * Math.max(-MOST, Math.min(MOST, before(share)))
    left -= weight
  }
  return sum - left * MOST >= needed || (left < 1e-9 && sum >= needed)
}
