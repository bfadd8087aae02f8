import { expect, test } from 'vitest'
import { graphOf } from '../../../test/support/graph-of.ts'
import { startRun } from '../../base/run.ts'
import { NODE } from '../../model/heap-graph.ts'
import { findBestPaths } from './best-paths.ts'
import { findCoHolder, planCuts } from './smallest-cuts.ts'

const run = startRun()

const graph = graphOf({
  root: { edges: { 'root:app': 'app' } },
  app: { kind: 'object', edges: { sessions: 'map', byName: 'index', log: 'list' } },
  map: { name: 'Map', edges: { 'internal:table': 'table' } },
  table: { kind: 'array', edges: ['a', 'b', 'c'] },
  index: { name: 'Map', edges: { 'internal:table': 'otherTable' } },
  otherTable: { kind: 'array', edges: ['a', 'b', 'c'] },
  list: { name: 'Array', edges: ['line', 'a'] },
  a: { name: 'Session', bytes: 100 },
  b: { name: 'Session', bytes: 100 },
  c: { name: 'Session', bytes: 100 },
  line: { bytes: 50 },
})
const paths = findBestPaths(graph, run)
const holders = (...names: string[]) => new Set(names.map((name) => graph.node(name)))
const isSession = (node: number): boolean => ['a', 'b', 'c'].some((name) => graph.node(name) === node)
const isInside = (node: number): boolean => graph.nodeKind[node] === NODE.array

test('the other holder of the same objects is found through its table, and what both together free', () => {
  const cut = holders('map', 'table')
  const found = findCoHolder(graph, paths, { isMember: isSession, isCut: (edge, holder) => cut.has(holder) && isSession(graph.edgeTarget[edge]!), isInside }, run)
  expect(found).toEqual({ holder: graph.node('index'), members: 3, freedTogether: { bytes: 200, count: 2 } }) // `a` stays in the list
})

test('where nobody else holds them there is no other holder', () => {
  expect(findCoHolder(graph, paths, { isMember: isSession, isCut: (edge) => isSession(graph.edgeTarget[edge]!), isInside }, run)).toBeUndefined()
})

const cutting = (...names: string[]) => {
  const cut = holders(...names)
  return (_: number, holder: number): boolean => cut.has(holder)
}

test('two cuts that free nothing alone are one step together, and the best comes first', () => {
  const steps = planCuts(graph, paths.order, [cutting('list'), cutting('table'), cutting('otherTable')], run)
  expect(steps).toEqual([
    { cuts: [1, 2], freedBytes: 200, inAllBytes: 200 },
    { cuts: [0], freedBytes: 150, inAllBytes: 350 },
  ])
})

test('a cut that frees nothing is left out', () => {
  expect(planCuts(graph, paths.order, [cutting('list'), cutting('a')], run)).toEqual([{ cuts: [0], freedBytes: 50, inAllBytes: 50 }])
})
