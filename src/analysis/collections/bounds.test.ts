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

const collection = (graph: ReturnType<typeof graphOf>, entriesBefore: number, bornBefore = 1000) => ({
  owner: graph.node('cache'),
  holder: graph.node('values'),
  entries: 100,
  entriesBefore,
  bornBefore,
})

test('a maximum that is not reached yet is a bound', () => {
  expect(findBound(cacheWith('5000', 16 + 8 * 120), collection(cacheWith('5000', 0), 80))).toEqual({ capacity: 5000, because: 'maxSize is 5000' })
})

test('a maximum that was passed is none', () => {
  const graph = cacheWith('50', 16 + 8 * 120)
  expect(findBound(graph, collection(graph, 80))).toBeUndefined()
})

test('room made for many more before the growth is a bound', () => {
  const graph = cacheWith('not a number', 16 + 8 * 200)
  expect(findBound(graph, collection(graph, 40))).toEqual({ capacity: 200, because: 'room was made for 200 at once' })
})

test('the slack of an array that was appended to is none, nor is room made since', () => {
  const slack = cacheWith('not a number', 16 + 8 * (120 + 16))
  expect(findBound(slack, collection(slack, 80))).toBeUndefined()
  const since = cacheWith('not a number', 16 + 8 * 200)
  expect(findBound(since, collection(since, 40, 1))).toBeUndefined()
})
