import { expect, test } from 'vitest'
import { graphOf } from '../../../test/support/graph-of.ts'
import { findBound } from './bounds.ts'

const cacheWith = (maximum: string, elementsBytes: number): ReturnType<typeof graphOf> =>
  graphOf({
    root: ['cache'],
    cache: { name: 'Cache', edges: { maxSize: 'max', values: 'values' } },
    max: { kind: 'number', name: maximum },
    values: { name: 'Array', edges: { 'internal:elements': 'store' } },
    store: { kind: 'array', name: '(object elements)', bytes: elementsBytes },
  })

test('a maximum that is not reached yet is a bound', () => {
  const graph = cacheWith('5000', 16 + 8 * 120)
  expect(findBound(graph, graph.node('cache'), graph.node('values'), 100)).toEqual({ capacity: 5000, because: 'maxSize is 5000' })
})

test('a maximum that was passed is none', () => {
  const graph = cacheWith('50', 16 + 8 * 120)
  expect(findBound(graph, graph.node('cache'), graph.node('values'), 100)).toBeUndefined()
})

test('room made for many more at once is a bound, the usual slack of an array is not', () => {
  const made = cacheWith('not a number', 16 + 8 * 5000)
  expect(findBound(made, made.node('cache'), made.node('values'), 100)).toEqual({ capacity: 5000, because: 'room was made for 5000 at once' })
  const grown = cacheWith('not a number', 16 + 8 * (150 + 16))
  expect(findBound(grown, grown.node('cache'), grown.node('values'), 101)).toBeUndefined()
})
