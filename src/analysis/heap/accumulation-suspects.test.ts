import { expect, test } from 'vitest'
import { graphOf } from '../../../test/support/graph-of.ts'
import { startRun } from '../../base/run.ts'
import { nodeNameOf } from '../../model/heap-graph.ts'
import { findAccumulationSuspects } from './accumulation-suspects.ts'
import { findDominators } from './dominators.ts'

const run = startRun()

function suspectsOf(graph: ReturnType<typeof graphOf>): { className: string; count: number; point: string; share: number }[] {
  return findAccumulationSuspects(graph, findDominators(graph, run), (node) => nodeNameOf(graph, node), run).map((each) => ({
    className: each.className,
    count: each.count,
    point: nodeNameOf(graph, each.accumulationPoint),
    share: Number(each.share.toFixed(2)),
  }))
}

const many = (count: number, bytes: number, name: string): Record<string, { name: string; bytes: number }> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${name}${i}`, { name, bytes }]))

test('the accumulation point is where the bytes spread, not the topmost object', () => {
  const graph = graphOf({
    root: ['service', 'rest'],
    service: { name: 'Service', bytes: 10, edges: { store: 'store' } },
    store: { name: 'Store', bytes: 10, edges: { map: 'map' } },
    map: { name: 'Map', bytes: 10, edges: Object.keys(many(20, 50, 'Item')) },
    ...many(20, 50, 'Item'),
    rest: { name: 'Rest', bytes: 50 },
  })
  expect(suspectsOf(graph)).toEqual([{ className: 'Service', count: 1, point: 'Map', share: 0.95 }])
})

test('a class whose instances are big together is one suspect', () => {
  const graph = graphOf({ root: [...Object.keys(many(30, 10, 'Job')), 'rest'], ...many(30, 10, 'Job'), rest: { name: 'Rest', bytes: 40 } })
  expect(suspectsOf(graph)).toEqual([
    { className: 'Job', count: 30, point: 'Job', share: 0.88 },
    { className: 'Rest', count: 1, point: 'Rest', share: 0.12 },
  ])
})
