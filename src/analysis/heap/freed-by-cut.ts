import type { Run } from '../../base/run.ts'
import { type HeapGraph, ROOT } from '../../model/heap-graph.ts'

/** Says of a reference, and the node it leaves, that it is not there. */
export type IsCut = (edge: number, holder: number) => boolean

/**
 * What would become unreachable if the references chosen by `isCut` did not exist: exactly what a repair frees,
 * which the retained size of one node is not (several may share, or something else may hold on).
 * `reachable`: every node that is reachable now. Cost: one search over the graph; 5 bytes per node while running.
 */
export function freedByCut(graph: HeapGraph, reachable: Uint32Array, isCut: IsCut, run: Run): { bytes: number; count: number } {
  const isAlive = aliveWithout(graph, isCut, run)
  let bytes = 0
  let count = 0
  for (const node of reachable) {
    if (isAlive[node] === 1) continue
    bytes += graph.shallowBytes[node]!
    count++
  }
  return { bytes, count }
}

/** What strong references reach when these are not there; 1 by node. Cost: one search over the graph. */
export function aliveWithout(graph: HeapGraph, isCut: IsCut, run: Run): Uint8Array {
  const { nodeCount, firstEdge, edgeTarget, edgeIsStrong } = graph
  const isAlive = new Uint8Array(nodeCount)
  const stack = new Uint32Array(nodeCount)
  let height = 0
  let turns = 0
  isAlive[ROOT] = 1
  stack[height++] = ROOT
  while (height > 0) {
    if ((turns++ & 0xffff) === 0) run.checkpoint()
    const node = stack[--height]!
    for (let edge = firstEdge[node]!, end = firstEdge[node + 1]!; edge < end; edge++) {
      const target = edgeTarget[edge]!
      if (isAlive[target] === 1 || !edgeIsStrong.has(edge) || isCut(edge, node)) continue
      isAlive[target] = 1
      stack[height++] = target
    }
  }
  return isAlive
}
