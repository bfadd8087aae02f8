import fc from 'fast-check'
import type { HeapGraph } from '../../src/model/heap-graph.ts'
import { HeapGraphBuilder } from '../../src/model/heap-graph-builder.ts'

/** Any heap of that many nodes and edges: cycles, self references, several edges between two nodes, weak ones, unreachable parts. */
export const graphUpTo = (mostNodes: number, mostEdges: number): fc.Arbitrary<HeapGraph> => fc
  .record({
    sizes: fc.array(fc.nat(40), { minLength: 1, maxLength: mostNodes, size: 'max' }),
    edges: fc.array(fc.record({ from: fc.nat(mostNodes), to: fc.nat(mostNodes), isWeak: fc.nat(5).map((dice) => dice === 0) }), { maxLength: mostEdges, size: 'max' }),
    orphansAreAlive: fc.boolean(),
  })
  .map(({ sizes, edges, orphansAreAlive }) => {
    const builder = new HeapGraphBuilder({ name: 'random', format: 'random', idsAreStable: true, notices: [] })
    for (const [node, size] of sizes.entries()) builder.addNode({ kind: 'object', name: `C${node % 3}`, shallowBytes: size })
    const count = builder.nodeCount
    for (const [at, { from, to, isWeak }] of edges.entries()) {
      builder.addEdge({ from: from % count, to: to % count, kind: isWeak ? 'weak' : 'property', name: `p${at}` })
    }
    const graph = builder.build()
    return orphansAreAlive ? { ...graph, orphansAreAlive } : graph
  })

/** Any small heap. */
export const anyGraph: fc.Arbitrary<HeapGraph> = graphUpTo(14, 40)

/** The nodes that strong edges lead to from ROOT, without passing `without`: the truth every clever algorithm must meet. */
export function reachable(graph: HeapGraph, without?: number, alsoFrom: readonly number[] = []): Set<number> {
  const seen = new Set<number>()
  const queue = [0, ...alsoFrom].filter((node) => node !== without)
  for (const node of queue) {
    if (seen.has(node)) continue
    seen.add(node)
    for (let edge = graph.firstEdge[node]!; edge < graph.firstEdge[node + 1]!; edge++) {
      const target = graph.edgeTarget[edge]!
      if (graph.edgeIsStrong.has(edge) && target !== without) queue.push(target)
    }
  }
  return seen
}
