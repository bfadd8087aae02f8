import type { SourceLocation } from './heap-graph.ts'

/** All nodes of one class, added up. */
export interface ClassTotal {
  /** Constructor name, `(string)`, `(compiled code)`, or the shape of a plain object: `{id, user}`. */
  className: string
  count: number
  /** Fewest edges from the root's children to an instance; undefined when none is reached. */
  distance: number | undefined
  shallowBytes: number
  /** Sum over the topmost instances on each dominator path: nothing is counted twice within the class. */
  retainedBytes: number
  location?: SourceLocation | undefined
  /** One instance, to go on from. */
  exampleNode: number
}
