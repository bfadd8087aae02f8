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
    /** Leak: at least `now` at the end, `before` at 80 % of the time and `earlier` at 60 %. */
    now: number
    before: number
    earlier: number
    /** At least this, and still rising: growing. */
    growing: number
  }
}
