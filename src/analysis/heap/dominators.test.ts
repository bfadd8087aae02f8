import fc from 'fast-check'
import { expect, test } from 'vitest'
import { graphOf } from '../../../test/support/graph-of.ts'
import { anyGraph, graphUpTo, reachable } from '../../../test/support/random-graph.ts'
import { startRun } from '../../base/run.ts'
import { type HeapGraph, NONE, ROOT } from '../../model/heap-graph.ts'
import { findDominators } from './dominators.ts'

/** Held by nothing strong at all, and not reachable: alive by something the input does not show. */
function orphans(graph: HeapGraph): number[] {
  const live = reachable(graph)
  const held = new Set<number>()
  for (let node = 0; node < graph.nodeCount; node++) {
    for (let edge = graph.firstEdge[node]!; edge < graph.firstEdge[node + 1]!; edge++) {
      if (graph.edgeIsStrong.has(edge)) held.add(graph.edgeTarget[edge]!)
    }
  }
  return Array.from({ length: graph.nodeCount }, (_, node) => node).filter((node) => !live.has(node) && !held.has(node))
}

test('a node retains exactly what becomes unreachable without it', () => {
  fc.assert(
    fc.property(anyGraph, (graph) => {
      const { retainedBytes, unreachable } = findDominators(graph, startRun())
      const extra = graph.orphansAreAlive === true ? orphans(graph) : []
      const alive = reachable(graph, undefined, extra)
      for (let node = 1; node < graph.nodeCount; node++) {
        expect(unreachable.has(node)).toBe(!reachable(graph).has(node))
        const without = reachable(graph, node, extra)
        const lost = alive.has(node) ? [...alive].filter((each) => !without.has(each)) : [node]
        expect(retainedBytes[node]).toBe(lost.reduce((sum, each) => sum + graph.shallowBytes[each]!, 0))
      }
    }),
    { numRuns: 500 },
  )
})

test('so it does where more nodes have several holders than there are hubs', () => {
  fc.assert(
    fc.property(graphUpTo(120, 400), (graph) => {
      const { retainedBytes } = findDominators(graph, startRun())
      const extra = graph.orphansAreAlive === true ? orphans(graph) : []
      const alive = reachable(graph, undefined, extra)
      for (const node of [...alive].filter((each) => each !== ROOT)) {
        const without = reachable(graph, node, extra)
        expect(retainedBytes[node]).toBe([...alive].reduce((sum, each) => (without.has(each) ? sum : sum + graph.shallowBytes[each]!), 0))
      }
    }),
    { numRuns: 300 },
  )
})

test('the immediate dominator is the closest node that lies on every way', () => {
  fc.assert(
    fc.property(anyGraph, (given) => {
      const graph = { ...given, orphansAreAlive: undefined }
      const { immediateDominator } = findDominators(graph, startRun())
      const alive = reachable(graph)
      const dominates = (above: number, node: number): boolean => above === ROOT || !reachable(graph, above).has(node)
      for (let node = 1; node < graph.nodeCount; node++) {
        const dominator = immediateDominator[node]!
        if (!alive.has(node)) {
          expect(dominator).toBe(NONE)
          continue
        }
        expect(dominates(dominator, node)).toBe(true)
        // Any other dominator of the node dominates the closest one too.
        for (const other of alive) if (other !== node && dominates(other, node)) expect(other === dominator || dominates(other, dominator)).toBe(true)
      }
    }),
    { numRuns: 300 },
  )
})

test('the root retains the sum of all reachable shallow sizes', () => {
  fc.assert(
    fc.property(anyGraph, (given) => {
      const graph = { ...given, orphansAreAlive: undefined }
      const { retainedBytes } = findDominators(graph, startRun())
      expect(retainedBytes[ROOT]).toBe([...reachable(graph)].reduce((sum, node) => sum + graph.shallowBytes[node]!, 0))
    }),
  )
})

test('the order is a preorder of the tree: every subtree is one stretch behind its top', () => {
  fc.assert(
    fc.property(anyGraph, (graph) => {
      const { immediateDominator, order } = findDominators(graph, startRun())
      expect(new Set(order).size).toBe(order.length)
      const open: number[] = []
      for (const node of order) {
        while (open.length > 0 && open.at(-1) !== immediateDominator[node]) open.pop()
        if (node !== ROOT) expect(open.at(-1)).toBe(immediateDominator[node])
        open.push(node)
      }
    }),
  )
})

test('a diamond is dominated by its top, a chain link by link', () => {
  const graph = graphOf({ root: ['a'], a: ['b', 'c'], b: ['d'], c: ['d'], d: ['e'] })
  const { immediateDominator, retainedBytes } = findDominators(graph, startRun())
  const dominator = (key: string): number => immediateDominator[graph.node(key)]!
  expect([dominator('b'), dominator('c'), dominator('d'), dominator('e')]).toEqual(['a', 'a', 'a', 'd'].map((key) => graph.node(key)))
  expect([retainedBytes[graph.node('a')], retainedBytes[graph.node('b')], retainedBytes[graph.node('d')]]).toEqual([80, 16, 32])
})

test('a chain of a million nodes does not overflow the stack', () => {
  const nodeCount = 1_000_000
  const base = graphOf({ root: ['a'] })
  const firstEdge = Uint32Array.from({ length: nodeCount + 1 }, (_, node) => Math.min(node, nodeCount - 1))
  const edgeTarget = Uint32Array.from({ length: nodeCount - 1 }, (_, edge) => edge + 1)
  const edgeIsStrong = { length: nodeCount - 1, words: new Uint32Array(nodeCount).fill(0xffffffff) } as HeapGraph['edgeIsStrong']
  const graph: HeapGraph = { ...base, nodeCount, edgeCount: nodeCount - 1, firstEdge, edgeTarget, edgeIsStrong, shallowBytes: new Uint32Array(nodeCount).fill(1) }
  const { retainedBytes } = findDominators(graph, startRun())
  expect([retainedBytes[0], retainedBytes[nodeCount - 1]]).toEqual([nodeCount, 1])
})

test('sums beyond 2^32 bytes are exact', () => {
  const graph = graphOf({ root: ['a', 'b'], a: { bytes: 4_000_000_000, edges: ['c'] }, b: { bytes: 3_000_000_001 }, c: { bytes: 2_500_000_000 } })
  const { retainedBytes } = findDominators(graph, startRun())
  expect([retainedBytes[ROOT], retainedBytes[graph.node('a')]]).toEqual([9_500_000_001, 6_500_000_000])
})
