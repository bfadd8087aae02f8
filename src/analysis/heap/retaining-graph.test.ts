import { expect, test } from 'vitest'
import { graphOf } from '../../../test/support/graph-of.ts'
import { startRun } from '../../base/run.ts'
import { findBestPaths } from './best-paths.ts'
import { findRetainers } from './retainers.ts'
import { findRetainingGraph } from './retaining-graph.ts'

const run = startRun()

/** `holder -name-> held` of everything that is drawn. */
function drawn(graph: ReturnType<typeof graphOf>, targets: string[], statuses: Record<string, 'fine' | 'suspect'> = {}): { names: string[]; edges: string[]; leftOut: number } {
  const status = new Map(Object.entries(statuses).map(([key, value]) => [graph.node(key), value]))
  const { nodes, edges, leftOutCount } = findRetainingGraph(graph, { targets: targets.map((key) => graph.node(key)), paths: findBestPaths(graph, run), retainers: findRetainers(graph, run), statusOf: (node) => status.get(node) }, run)
  return {
    names: nodes.map(({ name, role }) => (role === undefined ? name : `${name} (${role})`)),
    edges: edges.map(({ from, to, name, suspect }) => `${nodes[from]!.name} ${suspect === true ? '=' : '-'}${name}-> ${nodes[to]!.name}`),
    leftOut: leftOutCount,
  }
}

test('every holder of what is asked for is drawn, not only the best path', () => {
  const graph = graphOf({
    root: { edges: { 'root:global': 'app' } },
    app: { edges: { cache: 'cache', bus: 'bus', other: 'other' } },
    cache: { edges: { entry: 'session' } },
    bus: { edges: { listener: 'closure' } },
    closure: { kind: 'closure', edges: { 'variable:session': 'session' } },
    session: {},
    other: {},
  })
  const { names, edges } = drawn(graph, ['session'], { cache: 'suspect' })
  expect(names.sort()).toEqual(['app (root)', 'bus', 'cache', 'closure', 'session (target)'])
  expect(edges.sort()).toEqual(['app -bus-> bus', 'app =cache-> cache', 'bus -listener-> closure', 'cache =entry-> session', 'closure -session-> session'].sort())
})

test('what holds each other in a circle shows the circle, and weak references are no part of it', () => {
  const graph = graphOf({
    root: { edges: { 'root:global': 'list' } },
    list: { edges: { head: 'a', 'weak:cache': 'b' } },
    a: { edges: { next: 'b' } },
    b: { edges: { previous: 'a' } },
  })
  expect(drawn(graph, ['b']).edges.sort()).toEqual(['a =next-> b', 'b -previous-> a', 'list -head-> a'])
})

test('of very many targets some thousands are walked and the others counted', () => {
  const targets = Array.from({ length: 8000 }, (_, index) => `t${index}`)
  const graph = graphOf({ root: ['holder'], holder: targets })
  const { names, leftOut } = drawn(graph, targets)
  expect(names.length + leftOut).toBe(8001)
  expect(leftOut).toBe(3000)
})
