import { expect, test } from 'vitest'
import { graphOf } from '../../../test/support/graph-of.ts'
import { startRun } from '../../base/run.ts'
import type { HeapGraph } from '../../model/heap-graph.ts'
import { heapIndex } from './heap-index.ts'

const totals = (graph: HeapGraph): Record<string, [count: number, shallow: number, retained: number]> =>
  Object.fromEntries(heapIndex(graph, startRun()).classTotals().map(({ className, count, shallowBytes, retainedBytes }) => [className, [count, shallowBytes, retainedBytes]]))

test('a class retains what its topmost instances retain, nothing twice', () => {
  const graph = graphOf({
    root: ['a'],
    a: { name: 'List', edges: { next: 'b' } },
    b: { name: 'List', edges: { next: 'c', value: 'x' } },
    c: { name: 'List' },
    x: { name: 'Item', bytes: 100 },
  })
  expect(totals(graph)).toEqual({ List: [3, 48, 148], Item: [1, 100, 100] })
})

test('plain objects are classed by the properties they share, in whatever order', () => {
  const user = { name: 'Object', edges: { 'property:id': 'one', 'property:name': 'two' } }
  const graph = graphOf({
    root: ['a', 'b', 'c', 'd', 'e'],
    a: user,
    b: user,
    c: { name: 'Object', edges: { 'property:name': 'one', 'property:id': 'two' } },
    d: { name: 'Object', edges: { 'property:id': 'one', 'property:name': 'two', 'property:only here': 'one' } },
    e: { name: 'Object', edges: { 'property:else': 'one' } },
    one: { kind: 'string' },
    two: { kind: 'string' },
  })
  const found = totals(graph)
  expect(found['{id, name}']?.[0]).toBe(4)
  expect(found['Object']?.[0]).toBe(1)
})

test('constructors of one name in two places are two classes', () => {
  const graph = graphOf({
    root: ['a', 'b', 'c'],
    a: { name: 'Session', at: ['/app/a.js', 3, 1] },
    b: { name: 'Session', at: ['/app/b.js', 7, 1] },
    c: { name: 'Session', at: ['/app/a.js', 3, 1] },
  })
  const found = heapIndex(graph, startRun()).classTotals().map(({ className, count, location }) => [className, count, location?.file, location?.line])
  expect(found).toEqual([['Session', 2, '/app/a.js', 3], ['Session', 1, '/app/b.js', 7]])
})

test('functions and an object that is named Function are one class', () => {
  const graph = graphOf({ root: ['f', 'g'], f: { kind: 'closure', name: 'onClick' }, g: { name: 'Function' } })
  expect(totals(graph)).toEqual({ Function: [2, 32, 32] })
})

test('elements are classed without their attributes, detached ones apart', () => {
  const graph = graphOf({
    root: ['a', 'b', 'c'],
    a: { kind: 'native', name: '<div id="a">', detachedness: 1 },
    b: { kind: 'native', name: '<div class="b">', detachedness: 2 },
    c: { kind: 'native', name: '<div>' },
  })
  expect(totals(graph)).toEqual({ '<div>': [2, 32, 32], 'Detached <div>': [1, 16, 16] })
})

test('internals count with their only owner, and by themselves when two own them', () => {
  const graph = {
    ...graphOf({
      root: ['list', 'map', 'other'],
      list: { name: 'Array', edges: { 'internal:elements': 'store' } },
      store: { kind: 'array', bytes: 400, edges: { 'internal:more': 'deeper' } },
      deeper: { kind: 'hidden', bytes: 5 },
      map: { name: 'Map', edges: { 'internal:table': 'shared' } },
      other: { name: 'Map', edges: { 'internal:table': 'shared' } },
      shared: { kind: 'array', bytes: 1000 },
    }),
    internalsBelongToOwner: true,
  }
  expect(totals(graph)).toEqual({ Array: [1, 421, 421], Map: [2, 32, 32], '(array)': [1, 1000, 1000] })
})
