import { expect, test } from 'vitest'
import { graphOf } from '../../../test/support/graph-of.ts'
import { startRun } from '../../base/run.ts'
import type { HeapGraph } from '../../model/heap-graph.ts'
import { siteTotals, stackOf } from '../allocation/call-tree-totals.ts'
import { heapIndex } from './heap-index.ts'
import { holdingProfile } from './holding-profile.ts'

function totalsOf(graph: HeapGraph): Record<string, number> {
  const profile = holdingProfile(heapIndex(graph, startRun()), startRun())
  const totals = siteTotals(profile, 'liveBytes')
  const nameOf = (site: number): string => profile.strings.get(profile.frames.functionName[profile.siteFrame[site]!]!)
  return Object.fromEntries(Array.from(totals, (bytes, site) => [stackOf(profile, site).map(nameOf).join(' > '), bytes]))
}

test('a stack is the path of holders, its total what hangs there', () => {
  const graph = graphOf({
    root: ['app'],
    app: { bytes: 10, edges: { cache: 'map', log: 'list' } },
    map: { name: 'Map', bytes: 100, edges: { table: 'store' } },
    store: { name: 'Store', bytes: 20, edges: ['a', 'b'] },
    a: { name: 'Session', bytes: 300 },
    b: { name: 'Session', bytes: 301 },
    list: { name: 'Log', bytes: 7 },
  })
  expect(totalsOf(graph)).toEqual({
    '': 738,
    'app : app': 738,
    'app : app > cache : Map': 721,
    'app : app > cache : Map > table : Store': 621,
    'app : app > cache : Map > table : Store > [x] : Session': 601,
    'app : app > log : Log': 7,
  })
})

test('what two hold is counted once, and what nothing holds not at all', () => {
  const graph = graphOf({ root: ['x', 'y'], x: { bytes: 1, edges: { to: 'both' } }, y: { bytes: 2, edges: { to: 'both' } }, both: { bytes: 40 }, lost: { bytes: 5000 } })
  const totals = totalsOf(graph)
  expect(totals['']).toBe(43)
  expect(totals['x : x']! + totals['y : y']!).toBe(43)
})

test('a list of thousands is one stack, not thousands', () => {
  const drawn: Record<string, object> = { root: ['n0'] }
  for (let i = 0; i < 5000; i++) drawn[`n${i}`] = { name: 'Link', bytes: 8, edges: i < 4999 ? { next: `n${i + 1}` } : {} }
  const totals = totalsOf(graphOf(drawn as Parameters<typeof graphOf>[0]))
  expect(totals['']).toBe(40_000)
  expect(Object.keys(totals).length).toBeLessThan(10)
})
