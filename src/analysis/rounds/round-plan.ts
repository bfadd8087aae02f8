/**
 * How many rounds, and how many operations in each. Both are prime where we choose them: "n objects more in every
 * round" is then arithmetic, because no habit of the program (every 10th, every 100th) divides them.
 */

/** Rounds before the first look back. */
export const FIRST_ROUNDS = 7
/** Where a hunt may stop when it needs more; each about half as many again, so a cache that fills shows its end. */
export const LADDER = [7, 11, 13, 17, 19, 29, 43, 61] as const
/** Steps of the ladder taken before the floors are looked at again. */
const AHEAD = 4
const OPERATIONS_PER_ROUND = [101, 53, 31, 17, 11, 7] as const

/** The most operations that fit into a round of `roundMs`; never fewer than the smallest prime of the list. */
export function chooseOperations(operationMs: number, roundMs: number): number {
  return OPERATIONS_PER_ROUND.find((count) => count * operationMs <= roundMs) ?? OPERATIONS_PER_ROUND.at(-1)!
}

export interface Room {
  /** One round lasts this long, its collections included. */
  roundMs: number
  /** What the heap gained in one. */
  roundBytes: number
  leftMs: number
  leftBytes: number
}

/**
 * How many rounds there shall be in all when `done` are over: the highest of the next few steps of the ladder that
 * fits into the time and the memory left; `done` when not even one more does.
 */
export function nextRounds(done: number, { roundMs, roundBytes, leftMs, leftBytes }: Room): number {
  const fits = (total: number): boolean => (total - done) * roundMs <= leftMs && (total - done) * Math.max(0, roundBytes) <= leftBytes
  const steps = LADDER.filter((total) => total > done).slice(0, AHEAD)
  return steps.toReversed().find(fits) ?? done
}
