import fc from 'fast-check'
import { expect, test } from 'vitest'
import { graphOf } from '../../../test/support/graph-of.ts'
import { startRun } from '../../base/run.ts'
import { heapIndex } from './heap-index.ts'
import { PREFERENCE } from './holder-preference.ts'

const run = startRun()
const ways = (graph: ReturnType<typeof graphOf>) => heapIndex(graph, run).ways()

/** An app whose maps hold so many items each. */
function itemsIn(maps: Record<string, number>): { graph: ReturnType<typeof graphOf>; items: Uint32Array } {
  const drawn: Parameters<typeof graphOf>[0] = { root: ['app'], app: { edges: Object.fromEntries(Object.keys(maps).map((name) => [name, `${name}Map`])) } }
  for (const [name, count] of Object.entries(maps)) {
    const keys = Array.from({ length: count }, (_, i) => `${name} ${i}`)
    drawn[`${name}Map`] = { name: 'Map', edges: keys }
    for (const key of keys) drawn[key] = { name: 'Item' }
  }
  const graph = graphOf(drawn)
  return { graph, items: Uint32Array.from(Object.entries(maps).flatMap(([name, count]) => Array.from({ length: count }, (_, i) => graph.node(`${name} ${i}`)))) }
}

test('what hangs on the same references of the same classes is one way, wherever in a table it stands', () => {
  const { graph, items } = itemsIn({ users: 3, orders: 2 })
  expect(ways(graph).of(items, 5)).toEqual({
    reached: 5,
    count: 2,
    shown: [
      { count: 3, preference: PREFERENCE.program, node: graph.node('users 0') },
      { count: 2, preference: PREFERENCE.program, node: graph.node('orders 0') },
    ],
  })
})

test('of thousands each is counted, and of many ways the most frequent are told', () => {
  const { graph, items } = itemsIn({ a: 2000, b: 50_000, c: 1, d: 30 })
  const { reached, count, shown } = ways(graph).of(items, 2)
  expect({ reached, count }).toEqual({ reached: 52_031, count: 4 })
  expect(shown.map((way) => way.count)).toEqual([50_000, 2000])
})

test('a better way comes first, however few are held so; the same names held worse are a way of their own', () => {
  const graph = graphOf({
    root: ['frames', 'other'],
    frames: { kind: 'synthetic', name: '(Stack roots)', edges: { 'element:1': 'a' } },
    other: { kind: 'synthetic', name: '(Stack rooms)', edges: { 'element:1': 'b' } },
    a: { name: 'App', edges: { list: 'l' } },
    b: { name: 'App', edges: { list: 'm' } },
    l: { name: 'Array', edges: ['x', 'y', 'z'] },
    m: { name: 'Array', edges: ['u'] },
    ...Object.fromEntries(['x', 'y', 'z', 'u'].map((key) => [key, { name: 'Item' }])),
  })
  const items = Uint32Array.from(['x', 'y', 'z', 'u'], (key) => graph.node(key))
  expect(ways(graph).of(items, 5).shown.map(({ count, preference }) => [count, preference])).toEqual([[1, PREFERENCE.program], [3, PREFERENCE.stack]])
})

test('what no path leads to is not counted, and links of a list that are alike are one step', () => {
  const graph = graphOf({ root: ['first'], first: { name: 'Link', edges: { next: 'second' } }, second: { name: 'Link', edges: { next: 'third' } }, third: { name: 'Link' }, lost: { name: 'Link' } })
  const links = Uint32Array.from(['second', 'third', 'lost'], (key) => graph.node(key))
  expect(ways(graph).of(links, 5)).toMatchObject({ reached: 2, count: 1, shown: [{ count: 2 }] })
})

test('few and many, asked in any order, are told apart alike', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(400), { minLength: 1, maxLength: 8 }), fc.boolean(), (sizes, manyFirst) => {
      const { graph, items } = itemsIn(Object.fromEntries([...sizes, 1200].map((size, i) => [`map${'abcdefghi'[i]}`, size])))
      const few = items.subarray(0, 900)
      const kept = ways(graph)
      if (manyFirst) kept.of(items, 100)
      const ofFew = kept.of(few, 100)
      expect(ofFew).toEqual(ways(graph).of(few, 100))
      expect(ofFew.shown.reduce((sum, way) => sum + way.count, 0)).toBe(few.length)
      expect(kept.of(items, 100)).toEqual(ways(graph).of(items, 100))
    }),
    { numRuns: 20 },
  )
})
