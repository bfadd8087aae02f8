import fc from 'fast-check'
import { expect, test } from 'vitest'
import { graphOf } from '../../../test/support/graph-of.ts'
import { Bitset } from '../../base/bitset.ts'
import { startRun } from '../../base/run.ts'
import { NONE, nodeNameOf } from '../../model/heap-graph.ts'
import { type BestPaths, findBestPaths } from './best-paths.ts'
import { nodePathTo } from './retaining-paths.ts'

const run = startRun()

function pathNames(graph: ReturnType<typeof graphOf>, key: string): string[] {
  return nodePathTo(findBestPaths(graph, run), graph.node(key)).nodes.map((node) => nodeNameOf(graph, node))
}

test('a longer path through the program is better than a short one from a stack', () => {
  const graph = graphOf({
    root: ['stack', 'globals'],
    stack: { kind: 'synthetic', name: '(Stack roots)', edges: ['leaked'] },
    globals: { kind: 'synthetic', name: '(Global handles)', edges: { app: 'app' } },
    app: { edges: { cache: 'cache' } },
    cache: { name: 'Map', edges: { item: 'leaked' } },
    leaked: {},
  })
  expect(pathNames(graph, 'leaked')).toEqual(['(Global handles)', 'app', 'Map', 'leaked'])
})

test('what only a stack holds still has its path, marked as such', () => {
  const graph = graphOf({ root: ['stack'], stack: { kind: 'synthetic', name: '(Stack roots)', edges: ['local'] }, local: {} })
  const paths = findBestPaths(graph, run)
  expect(pathNames(graph, 'local')).toEqual(['(Stack roots)', 'local'])
  expect(paths.preference[graph.node('local')]).toBe(4)
})

test('compiled code comes after the program, the debugger after everything', () => {
  const graph = graphOf({
    root: ['console', 'code', 'app'],
    console: { kind: 'synthetic', name: '(Global handles)', edges: { 'internal:12 / DevTools console': 'logged', 'internal:3 / handle': 'app' } },
    code: { kind: 'code', name: '(code)', edges: { constant: 'used' } },
    app: { edges: { far: 'far' } },
    far: { edges: { used: 'used' } },
    used: {},
    logged: {},
  })
  expect(pathNames(graph, 'used')).toEqual(['app', 'far', 'used'])
  expect(findBestPaths(graph, run).preference[graph.node('logged')]).toBe(5)
})

test('a timer is shown in its list, not behind a neighbour that somebody names', () => {
  const graph = graphOf({
    root: ['server', 'lists'],
    server: { edges: { check: 't1' } },
    lists: { edges: { byMs: 'table' } },
    table: { edges: { byDuration: 'list' } },
    list: { name: 'TimersList', edges: { _idleNext: 't1', _idlePrev: 't3' } },
    t1: { name: 'Timeout', edges: { _idleNext: 't2' } },
    t2: { name: 'Timeout', edges: { _idleNext: 't3', _idlePrev: 't1' } },
    t3: { name: 'Timeout', edges: { _idlePrev: 't2' } },
  })
  expect(pathNames(graph, 't2')).toEqual(['lists', 'table', 'TimersList', 'Timeout', 'Timeout'])
})

test('every reachable node gets a real path, no unreachable one does', () => {
  const arbitraryEdges = fc.array(fc.tuple(fc.nat(11), fc.nat(11)), { maxLength: 40 })
  fc.assert(
    fc.property(arbitraryEdges, (pairs) => {
      const drawn: Record<string, string[]> = { root: ['n0'] }
      for (let i = 0; i < 12; i++) drawn[`n${i}`] = pairs.filter(([from]) => from === i).map(([, to]) => `n${to}`)
      const graph = graphOf(drawn)
      const paths = findBestPaths(graph, run)
      const reachable = new Set<number>([0])
      for (const node of reachable) for (let edge = graph.firstEdge[node]!; edge < graph.firstEdge[node + 1]!; edge++) reachable.add(graph.edgeTarget[edge]!)
      expect(new Set(paths.order)).toEqual(reachable)
      for (let node = 1; node < graph.nodeCount; node++) {
        if (!reachable.has(node)) {
          expect(paths.edge[node]).toBe(NONE)
          continue
        }
        const { nodes, edges } = nodePathTo(paths, node)
        let at = 0
        for (const [step, edge] of edges.entries()) {
          expect(edge).toBeGreaterThanOrEqual(graph.firstEdge[at]!)
          expect(edge).toBeLessThan(graph.firstEdge[at + 1]!)
          at = graph.edgeTarget[edge]!
          expect(nodes[step]).toBe(at)
        }
        expect(at).toBe(node)
      }
    }),
  )
})

test('what comes and goes is the holder only where nothing as near is', () => {
  const graph = graphOf({ root: ['owner'], owner: { edges: { copy: 'copy', list: 'list' } }, copy: ['both', 'alone'], list: ['both'], both: {}, alone: {} })
  const passing = new Bitset(graph.nodeCount)
  passing.add(graph.node('copy'))
  const paths = findBestPaths(graph, run, passing)
  expect(paths.holder[graph.node('both')]).toBe(graph.node('list'))
  expect(paths.holder[graph.node('alone')]).toBe(graph.node('copy'))
})

test('no path gets longer because objects come and go', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(11), fc.nat(11)), { maxLength: 40 }), fc.array(fc.nat(11)), (pairs, gone) => {
      const drawn: Record<string, string[]> = { root: ['n0', 'n1'] }
      for (let i = 0; i < 12; i++) drawn[`n${i}`] = pairs.filter(([from]) => from === i).map(([, to]) => `n${to}`)
      const graph = graphOf(drawn)
      const passing = new Bitset(graph.nodeCount)
      for (const i of gone) passing.add(graph.node(`n${i}`))
      const lengths = (paths: BestPaths): number[] => Array.from({ length: graph.nodeCount }, (_, node) => (paths.edge[node] === NONE ? 0 : nodePathTo(paths, node).nodes.length))
      expect(lengths(findBestPaths(graph, run, passing))).toEqual(lengths(findBestPaths(graph, run)))
    }),
  )
})
