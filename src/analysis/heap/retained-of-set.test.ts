import fc from 'fast-check'
import { expect, test } from 'vitest'
import { graphOf } from '../../../test/support/graph-of.ts'
import { anyGraph, reachable } from '../../../test/support/random-graph.ts'
import { startRun } from '../../base/run.ts'
import type { HeapGraph } from '../../model/heap-graph.ts'
import { heapIndex } from './heap-index.ts'
import { freedByCut, retainedOfSet, unreachablePart } from './retained-of-set.ts'

const run = startRun()
const index = (graph: HeapGraph): ReturnType<typeof heapIndex> => heapIndex(graph, run)
const sum = (graph: HeapGraph, nodes: Iterable<number>): number => [...nodes].reduce((total, node) => total + graph.shallowBytes[node]!, 0)

/** The same graph with some edges no longer strong. */
function without(graph: HeapGraph, edges: readonly number[]): HeapGraph {
  const words = graph.edgeIsStrong.words.slice()
  const copy = Object.assign(Object.create(Object.getPrototypeOf(graph.edgeIsStrong) as object) as HeapGraph['edgeIsStrong'], graph.edgeIsStrong, { words })
  for (const edge of edges) copy.remove(edge)
  return { ...graph, edgeIsStrong: copy }
}

test('two that hold something together retain more than each alone', () => {
  const graph = graphOf({ root: ['a', 'b'], a: ['shared'], b: ['shared'], shared: { bytes: 1000 } })
  const [a, b] = [graph.node('a'), graph.node('b')]
  expect(retainedOfSet(index(graph), [a], run)).toEqual({ bytes: 16, count: 1 })
  expect(retainedOfSet(index(graph), [a, b], run)).toEqual({ bytes: 1032, count: 3 })
})

test('a set retains exactly what becomes unreachable without it', () => {
  fc.assert(
    fc.property(anyGraph, fc.array(fc.nat(13), { minLength: 1, maxLength: 4 }), (given, picked) => {
      const graph = { ...given, orphansAreAlive: undefined }
      const nodes = [...new Set(picked.map((node) => 1 + (node % (graph.nodeCount - 1))))]
      // To take several away at once: cut every edge that leads to them.
      const into = Array.from({ length: graph.edgeCount }, (_, edge) => edge).filter((edge) => nodes.includes(graph.edgeTarget[edge]!))
      const left = reachable(without(graph, into))
      const lost = new Set([...reachable(graph), ...nodes].filter((node) => !left.has(node)))
      expect(retainedOfSet(index(graph), nodes, run)).toEqual({ bytes: sum(graph, lost), count: lost.size })
    }),
    { numRuns: 300 },
  )
})

test('cutting references frees exactly what becomes unreachable', () => {
  fc.assert(
    fc.property(anyGraph, fc.array(fc.nat(39), { minLength: 1, maxLength: 3 }), (given, picked) => {
      const graph = { ...given, orphansAreAlive: undefined }
      if (graph.edgeCount === 0) return
      const edges = [...new Set(picked.map((edge) => edge % graph.edgeCount))]
      const left = reachable(without(graph, edges))
      const lost = [...reachable(graph)].filter((node) => !left.has(node))
      expect(freedByCut(index(graph), edges, run)).toEqual({ bytes: sum(graph, lost), count: lost.length })
    }),
    { numRuns: 300 },
  )
})

test('what nothing strong leads to is shown apart', () => {
  const graph = graphOf({ root: ['a'], a: { edges: { 'weak:target': 'w' } }, w: { bytes: 70, edges: ['x'] }, x: { bytes: 7 } })
  expect(unreachablePart(index(graph))).toEqual({ bytes: 77, count: 2 })
})
