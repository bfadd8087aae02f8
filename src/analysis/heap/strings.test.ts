import { expect, test } from 'vitest'
import { graphOf } from '../../../test/support/graph-of.ts'
import { startRun } from '../../base/run.ts'
import { findDuplicateStrings } from './strings.ts'

test('equal strings are added up, the most wasteful first', () => {
  const string = (name: string, bytes: number): { kind: 'string'; name: string; bytes: number } => ({ kind: 'string', name, bytes })
  const graph = graphOf({
    root: ['a', 'b', 'c', 'd', 'e', 'f'],
    a: string('GET', 16),
    b: string('GET', 16),
    c: string('GET', 16),
    d: string('once', 900),
    e: string('long', 400),
    f: string('long', 400),
  })
  const found = findDuplicateStrings(graph, startRun()).map(({ text, count, shallowBytes, wastedBytes }) => [text, count, shallowBytes, wastedBytes])
  expect(found).toEqual([['long', 2, 800, 400], ['GET', 3, 48, 32]])
})

test('strings of one beginning and different sizes were cut, and are not called equal', () => {
  const graph = graphOf({ root: ['a', 'b'], a: { kind: 'string', name: 'cut', bytes: 2000 }, b: { kind: 'string', name: 'cut', bytes: 3000 } })
  expect(findDuplicateStrings(graph, startRun())).toEqual([])
})
