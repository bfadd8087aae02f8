import type { Bitset } from '../base/bitset.ts'
import type { NumberColumn } from './heap-graph.ts'

/** Who alone keeps whom alive, over strong edges; column[node]. */
export interface DominatorTree {
  /** The closest node without which this one would be unreachable; ROOT for ROOT, NONE for nodes outside the tree. */
  readonly immediateDominator: Uint32Array
  /** What would be freed if this node alone went away; for a node outside the tree its shallow size. */
  readonly retainedBytes: NumberColumn
  /** The nodes of the tree, each directly followed by all it dominates: preorder of the tree, ROOT first. */
  readonly order: Uint32Array
  /**
   * Nodes that no chain of strong edges from the root leads to. They stand outside the tree, except where the graph
   * says that its orphans are alive: there they hang below ROOT, and this tells them apart.
   */
  readonly unreachable: Bitset
}
