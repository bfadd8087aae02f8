import fc from 'fast-check'
import { expect, test } from 'vitest'
import { graphOf } from '../../../test/support/graph-of.ts'
import { startRun } from '../../base/run.ts'
import { findBestPaths } from './best-paths.ts'
import { freedByCut } from './freed-by-cut.ts'

const run = startRun()

test('what somebody else holds too is not freed', () => {
  const graph = graphOf({
    root: ['app', 'other'],
    app: { edges: { cache: 'cache' } },
    cache: { bytes: 100, edges: ['a', 'shared'] },
    a: { bytes: 10 },
    other: { edges: ['shared'] },
    shared: { bytes: 1000 },
  })
  const cut = freedByCut(graph, findBestPaths(graph, run).order, (edge) => graph.edgeTarget[edge] === graph.node('cache'), run)
  expect(cut).toEqual({ bytes: 110, count: 2 })
})

test('it frees exactly what becomes unreachable', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(9), fc.nat(9)), { maxLength: 30 }), fc.nat(9), (pairs, target) => {
      const drawn: Record<string, string[]> = { root: ['n0', 'n1'] }
      for (let i = 0; i < 10; i++) drawn[`n${i}`] = pairs.filter(([from]) => from === i).map(([, to]) => `n${to}`)
      const graph = graphOf(drawn)
      const reach = (isCut: (edge: number) => boolean): Set<number> => {
        const seen = new Set<number>([0])
        for (const node of seen) for (let edge = graph.firstEdge[node]!; edge < graph.firstEdge[node + 1]!; edge++) if (!isCut(edge)) seen.add(graph.edgeTarget[edge]!)
        return seen
      }
      const isCut = (edge: number): boolean => graph.edgeTarget[edge] === graph.node(`n${target}`)
      const gone = [...reach(() => false)].filter((node) => !reach(isCut).has(node))
      expect(freedByCut(graph, findBestPaths(graph, run).order, isCut, run).count).toBe(gone.length)
    }),
  )
})
