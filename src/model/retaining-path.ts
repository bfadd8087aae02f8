import type { EdgeKind, NodeKind, SourceLocation } from './heap-graph.ts'

/** Fine: belongs here. Leaking: should be gone. Suspect: in between, one of these references is the mistake. */
export type StepStatus = 'fine' | 'suspect' | 'leaking'

/** One reference on the way from a GC root, and the node it leads to. */
export interface PathStep {
  edgeKind: EdgeKind
  edgeName: string
  nodeKind: NodeKind
  nodeName: string
  nodeId: number
  status: StepStatus
  /** Why it has this status, in a few words. */
  reason?: string | undefined
  /** Where the class, closure or context of this node stands in the source. */
  location?: SourceLocation | undefined
  /** What this step stands for beyond itself: `Map, 10 907 entries`. */
  note?: string | undefined
  retainedBytes?: number | undefined
}

/** How a leaking object is reached: the first step leaves ROOT, the last one arrives at the object. */
export interface RetainingPath {
  root: string
  steps: PathStep[]
  /** Equal for the same bug in another run: a hash of the suspect stretch with ids and positions left out. */
  fingerprint: string
}
