import type { Run } from '../../base/run.ts'
import type { HeapGraph } from '../../model/heap-graph.ts'

/** Who holds a node: those of `node` are retainer[firstRetainer[node]] … retainer[firstRetainer[node + 1] − 1]. */
export interface Retainers {
  readonly firstRetainer: Uint32Array
  /** The nodes the strong edges come from, ascending; one that holds a node twice stands twice. */
  readonly retainer: Uint32Array
}

const NODES_PER_CHECKPOINT = 1 << 16

/**
 * Turns the strong edges around.
 *
 * Method: counting sort by target.
 * Cost: two passes over the edges; 4 bytes a node and 4 a strong edge, kept.
 * @throws Cancelled
 */
export function findRetainers(graph: HeapGraph, run: Run): Retainers {
  const { nodeCount, edgeCount, firstEdge, edgeTarget, edgeIsStrong } = graph
  const strong = edgeIsStrong.words
  run.progress({ step: 'turning references around', done: 0, total: nodeCount })
  run.checkpoint()
  const firstRetainer = new Uint32Array(nodeCount + 1)
  for (let edge = 0; edge < edgeCount; edge++) {
    if (((strong[edge >>> 5]! >>> (edge & 31)) & 1) === 1) firstRetainer[edgeTarget[edge]!]!++
  }
  run.checkpoint()
  // Each entry becomes the end of its node's part; filling from the back moves it to the beginning.
  let total = 0
  for (let node = 0; node <= nodeCount; node++) firstRetainer[node] = total += firstRetainer[node]!
  const retainer = new Uint32Array(total)
  for (let node = nodeCount - 1; node >= 0; node--) {
    if (node % NODES_PER_CHECKPOINT === 0) run.checkpoint()
    for (let edge = firstEdge[node + 1]! - 1; edge >= firstEdge[node]!; edge--) {
      if (((strong[edge >>> 5]! >>> (edge & 31)) & 1) === 1) retainer[--firstRetainer[edgeTarget[edge]!]!] = node
    }
  }
  return { firstRetainer, retainer }
}
