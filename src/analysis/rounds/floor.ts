/**
 * What was left after the forced collections that follow a round. One series of them is what a hunt measures;
 * the unit of `done` is operations, or seconds where operations cannot be counted.
 */
export interface Floor {
  /** Done since the start, warm-up included. */
  done: number
  atMs: number
  heapUsedBytes: number
  /** The part of the heap only the runtime fills: compiled code, bytecode, feedback. */
  codeBytes: number
  externalBytes: number
  arrayBuffersBytes: number
  rssBytes: number
  /** Pages the heap has taken from the system, used or not; absent where the runtime does not tell. */
  heapCommittedBytes?: number | undefined
  contextCount: number
  detachedContextCount: number
  handleCount: number
  /** What the stacks of a Go process take. */
  stackBytes?: number | undefined
}

/** What heap and external memory gained from the first floor to the last, per operation (or second). */
export function overallRate(floors: readonly Floor[]): number {
  const [first, last] = [floors[0], floors.at(-1)]
  if (first === undefined || last === undefined || last.done <= first.done) return Number.NaN
  return (objectBytes(last) + last.externalBytes - objectBytes(first) - first.externalBytes) / (last.done - first.done)
}

/** Heap without compiled code: what a program's own objects add to. Code grows for thousands of operations in healthy programs. */
export function objectBytes({ heapUsedBytes, codeBytes }: Pick<Floor, 'heapUsedBytes' | 'codeBytes'>): number {
  return heapUsedBytes - codeBytes
}
