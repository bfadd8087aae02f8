import type { EdgeKind, NodeKind, SourceLocation } from './heap-graph.ts'
import type { StepStatus } from './retaining-path.ts'

/**
 * Why something is still here, as a picture: the part of a heap that lies between GC roots and what was asked for.
 * Where a `RetainingPath` is one way, this holds several, with what they share drawn once. Edges run from the holder
 * to what it holds. Positions in `nodes` are the only identity; renderers draw it, `render/simplify-graph.ts` makes
 * it small enough to be read.
 */
export interface RetainingGraph {
  nodes: RetainingGraphNode[]
  edges: RetainingGraphEdge[]
  /** Nodes that were found and left out so that the picture stays readable. */
  leftOutCount: number
  /** References between drawn nodes that were left out likewise. */
  leftOutEdgeCount?: number | undefined
}

export interface RetainingGraphNode {
  /** `root`: why something may not be collected. `target`: what was asked for. Absent: on the way. */
  role?: 'root' | 'target' | undefined
  kind: NodeKind
  /** Class, function or variable name; untrusted text. */
  name: string
  /** How many heap nodes this one stands for; siblings of one class are drawn once. */
  count: number
  /** Identity of one of them in the snapshot. */
  exampleId?: number | undefined
  /** Sum over the nodes it stands for. */
  shallowBytes?: number | undefined
  /** Sum over the nodes it stands for; exact when they do not hold each other. */
  retainedBytes?: number | undefined
  status?: StepStatus | undefined
  location?: SourceLocation | undefined
  /** What it stands for beyond itself: `2 119 entries, +1 per operation`. */
  note?: string | undefined
}

export interface RetainingGraphEdge {
  /** Position in `nodes`. */
  from: number
  /** Position in `nodes`. */
  to: number
  kind: EdgeKind
  /** Property, variable or position; untrusted text. */
  name: string
  /** How many references this one stands for. */
  count: number
  /** One of these references is the mistake. */
  suspect?: boolean | undefined
  /** Leads back to a node that is already on the way here. */
  closesCycle?: boolean | undefined
}
