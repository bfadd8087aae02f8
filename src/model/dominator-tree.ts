/** Who alone keeps whom alive, over strong edges; column[node]. */
export interface DominatorTree {
  /** The closest node without which this one would be unreachable; ROOT for ROOT, NONE for unreachable nodes. */
  readonly immediateDominator: Uint32Array
  /** What would be freed if this node alone went away; for an unreachable node its shallow size. */
  readonly retainedBytes: Float64Array
  /** Reachable nodes, dominators before the dominated. */
  readonly order: Uint32Array
}
