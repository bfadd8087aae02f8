import { FIRST_PATH, type PathCounts, type PathTree } from './path-tree.ts'

/** What one snapshot of the ladder left behind: numbers only, so that graphs need not be kept. */
export interface Rung {
  /** Operations done so far; the distance between rungs is what growth is divided by. */
  readonly operations: number
  readonly counts: PathCounts
  /** The highest id given out until then; meaningful where ids are stable. */
  readonly lastId: number
}

/** How one kind of path grew over the ladder. */
export interface PathGrowth {
  readonly path: number
  /** Objects per operation, over the whole ladder. */
  readonly countRate: number
  /** Bytes per operation at this path and below it, over the whole ladder. */
  readonly bytesRate: number
  /** Slowest step over fastest step: 1 is perfectly steady. */
  readonly steadiness: number
  /** `objects`: one more each time; `bytes`: the same object gets bigger. */
  readonly by: 'objects' | 'bytes'
}

/** Steps must agree at least so well; an evicting cache and warming code do not. */
const LEAST_STEADINESS = 0.5
/** Fewer new objects over the whole ladder are no growth. */
const LEAST_OBJECTS = 5
/** One object in so many operations is the slowest leak that is looked for. */
const LEAST_RATE = 1 / 50
/** Below this an object that merely gets bigger is not reported. */
const LEAST_BYTES_RATE = 24
/** Of what a path gained, so much must have been made since the first rung, or have come to the class as a whole. */
const LEAST_NEW = 0.5

/**
 * Every path whose objects became more at every step of the ladder, in proportion to the operations done; and of
 * paths whose objects did not become more, those that became steadily bigger.
 * Objects that were there before the ladder and are reached by another path now have moved, and are no growth: of two
 * equally good paths one is counted, and which one may change (a table that hashes its keys anew has them in another
 * order). What goes from a full cache into a list is older too, but then there are more of its class in all.
 * `born[path]`: objects of the last rung that were made since the first, where ids tell it.
 * Result: `growth[path]`, undefined where it does not grow.
 */
export function findGrowingPaths(tree: PathTree, rungs: readonly Rung[], born?: Float64Array): (PathGrowth | undefined)[] {
  const growth: (PathGrowth | undefined)[] = Array.from({ length: tree.size })
  const first = rungs[0]!
  const last = rungs.at(-1)!
  const operations = last.operations - first.operations
  const growsBelow = new Uint8Array(tree.size)
  let gainedByClass: Map<string, number> | undefined
  const hasMoved = (path: number, more: number): boolean => {
    if (born === undefined || born[path]! >= LEAST_NEW * more) return false
    gainedByClass ??= sumByClass(tree, first, last)
    return (gainedByClass.get(tree.className(path)) ?? 0) < LEAST_NEW * more
  }
  // Backwards, so that a table which has to be enlarged for more entries is known as such: its entries come first.
  for (let path = tree.size - 1; path >= FIRST_PATH; path--) {
    const more = (last.counts.count[path] ?? 0) - (first.counts.count[path] ?? 0)
    const bytesRate = ((last.counts.subtreeBytes[path] ?? 0) - (first.counts.subtreeBytes[path] ?? 0)) / operations
    if (more >= LEAST_OBJECTS && more / operations >= LEAST_RATE) {
      const steadiness = steadinessOf(rungs, (rung) => rung.counts.count[path] ?? 0)
      if (steadiness >= LEAST_STEADINESS && !hasMoved(path, more)) growth[path] = { path, countRate: more / operations, bytesRate, steadiness, by: 'objects' }
    } else if (more <= 0 && growsBelow[path] !== 1) {
      const ownRate = ((last.counts.bytes[path] ?? 0) - (first.counts.bytes[path] ?? 0)) / operations
      const steadiness = ownRate < LEAST_BYTES_RATE ? 0 : steadinessOf(rungs, (rung) => rung.counts.bytes[path] ?? 0)
      if (steadiness >= LEAST_STEADINESS) growth[path] = { path, countRate: 0, bytesRate, steadiness, by: 'bytes' }
    }
    if (growth[path] !== undefined || growsBelow[path] === 1) growsBelow[tree.parent[path]!] = 1
  }
  return growth
}

/** How many more objects of each class the program holds; what only the runtime, a stack or a debugger holds is left out. */
function sumByClass(tree: PathTree, first: Rung, last: Rung): Map<string, number> {
  const gained = new Map<string, number>()
  const level = new Uint8Array(tree.size)
  for (let path = 1; path < tree.size; path++) {
    level[path] = path < FIRST_PATH ? path : level[tree.parent[path]!]!
    const more = (last.counts.count[path] ?? 0) - (first.counts.count[path] ?? 0)
    if (level[path] === 0 && more !== 0) gained.set(tree.className(path), (gained.get(tree.className(path)) ?? 0) + more)
  }
  return gained
}

/**
 * The topmost growing paths. What hangs below a growing path grows with it, unless the object directly above has not
 * become more: a single old object that happens to be reached through one of the growing ones is a holder of its own.
 * Paths under worse roots (compiled code, stacks) are left out, but for those of the levels in `alsoUnder`.
 */
export function topmost(tree: PathTree, growth: readonly (PathGrowth | undefined)[], rungs: readonly Rung[], { alsoUnder }: { alsoUnder: readonly number[] }): PathGrowth[] {
  const [first, last] = [rungs[0]!, rungs.at(-1)!]
  const NOWHERE = 0
  const LEFT_OUT = 1
  const topOf = new Uint32Array(tree.size) // the top above; NOWHERE or LEFT_OUT
  const tops = new Map<number, PathGrowth>()
  for (let level = 1; level < FIRST_PATH; level++) topOf[level] = alsoUnder.includes(level) ? NOWHERE : LEFT_OUT
  for (let path = FIRST_PATH; path < tree.size; path++) {
    const above = tree.parent[path]!
    const top = topOf[above]!
    topOf[path] = top
    const own = growth[path]
    if (own === undefined || top === LEFT_OUT) continue
    if (top !== NOWHERE) {
      if ((last.counts.count[above] ?? 0) > (first.counts.count[above] ?? 0) || own.by === 'bytes') continue
      const outer = tops.get(top)!
      tops.set(top, { ...outer, bytesRate: outer.bytesRate - own.bytesRate })
    }
    topOf[path] = path
    tops.set(path, own)
  }
  return [...tops.values()]
}

/** Slowest step over fastest, per operation; 0 as soon as one step does not rise. */
export function steadinessOf(rungs: readonly Rung[], valueOf: (rung: Rung) => number): number {
  let slowest = Number.POSITIVE_INFINITY
  let fastest = 0
  for (let i = 1; i < rungs.length; i++) {
    const rate = (valueOf(rungs[i]!) - valueOf(rungs[i - 1]!)) / (rungs[i]!.operations - rungs[i - 1]!.operations)
    if (!(rate > 0)) return 0
    slowest = Math.min(slowest, rate)
    fastest = Math.max(fastest, rate)
  }
  return fastest === 0 ? 0 : slowest / fastest
}
