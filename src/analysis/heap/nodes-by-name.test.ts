import { expect, test } from 'vitest'
import { graphOf } from '../../../test/support/graph-of.ts'
import { startRun } from '../../base/run.ts'
import { heapIndex } from './heap-index.ts'
import type { Named } from './nodes-by-name.ts'

const graph = graphOf({
  root: ['a', 'f', 'C', 'b', 'list', 'point', 'div', 'g'],
  a: { name: 'Item' },
  f: { kind: 'closure', name: 'Item' },
  C: { kind: 'class', name: 'Item' },
  b: { name: 'Item' },
  list: { kind: 'array' },
  point: { name: 'Object', edges: { 'property:x': 'a', 'property:y': 'b' } },
  div: { kind: 'native', name: '<div id="main">' },
  g: { kind: 'closure', name: 'Function' },
})
const keysOf = (name: string): Record<keyof Named, string[]> => {
  const { instances, functions, classes, others } = heapIndex(graph, startRun()).nodesByName().of(name)
  const keys = (nodes: Uint32Array): string[] => ['a', 'f', 'C', 'b', 'list', 'point', 'div', 'g'].filter((key) => nodes.includes(graph.node(key)))
  return { instances: keys(instances), functions: keys(functions), classes: keys(classes), others: keys(others) }
}
const none = { instances: [], functions: [], classes: [], others: [] }

test('instances, functions and classes of one name are told apart', () => {
  expect(keysOf('Item')).toEqual({ instances: ['a', 'b'], functions: ['f'], classes: ['C'], others: [] })
})

test('what is classed otherwise than it is called is found by both names', () => {
  expect(keysOf('Object').instances).toContain('point')
  expect(keysOf('<div>').instances).toEqual(['div'])
  expect(keysOf('<div id="main">').instances).toEqual(['div'])
})

test('what has no name of its own is filed by kind, functions are not', () => {
  expect(keysOf('(array)')).toEqual({ ...none, others: ['list'] })
  expect(keysOf('Function')).toEqual({ ...none, functions: ['g'] })
})

test('a name that nothing bears stands for nothing', () => {
  expect(keysOf('Nothing')).toEqual(none)
})
