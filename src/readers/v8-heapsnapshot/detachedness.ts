import { EDGE, type HeapGraph, NODE } from '../../model/heap-graph.ts'

const ATTACHED = 1
const DETACHED = 2

/**
 * Spreads "attached" and "detached" from the few nodes that know their state to what hangs on them.
 *
 * Method: as DevTools does (`HeapSnapshot.propagateDOMState`): over all edges but weak and hidden ones, only into
 *   native nodes (script objects end the spreading, every way back into the embedder's objects passes a node that
 *   knows its own state); attached first, so that what both reach is attached.
 * Cost: each native node once; a stack of node numbers.
 * @param state column of 0 unknown, 1 attached, 2 detached; changed in place
 */
export function spreadDetachedness(graph: Pick<HeapGraph, 'nodeCount' | 'nodeKind' | 'firstEdge' | 'edgeKind' | 'edgeTarget'>, state: Uint8Array): void {
  const { nodeCount, nodeKind, firstEdge, edgeKind, edgeTarget } = graph
  for (const spread of [ATTACHED, DETACHED]) {
    const stack: number[] = []
    for (let node = 0; node < nodeCount; node++) if (state[node] === spread && nodeKind[node] === NODE.native) stack.push(node)
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      for (let edge = firstEdge[node]!; edge < firstEdge[node + 1]!; edge++) {
        if (edgeKind[edge] === EDGE.weak || edgeKind[edge] === EDGE.hidden) continue
        const target = edgeTarget[edge]!
        if (nodeKind[target] !== NODE.native || state[target] !== 0) continue
        state[target] = spread
        stack.push(target)
      }
    }
  }
}
