import type { SourceLocation } from './heap-graph.ts'

/** One stack that added to a collection while it was watched; innermost frame first, the runtime's own frames included. */
export interface CaughtStack {
  readonly frames: readonly SourceLocation[]
  /** How often it added. */
  readonly count: number
}

/** What was seen at one collection while a program did a few more operations. */
export interface CaughtWrites {
  /** What was watched: `Map`, `Array`, `EventEmitter`, `property head`. */
  readonly watched: string
  /** Additions seen, and removals; those that went another way than the watched one are in neither. */
  readonly added: number
  readonly removed: number
  /** How many entries more there were at the end than at the beginning; undefined where they cannot be counted. */
  readonly gained?: number | undefined
  /** How many there were at the end; undefined where they cannot be counted. */
  readonly entries?: number | undefined
  /** The first distinct stacks. */
  readonly stacks: readonly CaughtStack[]
}
