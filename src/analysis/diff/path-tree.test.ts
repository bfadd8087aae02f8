import { expect, test } from 'vitest'
import { graphOf } from '../../../test/support/graph-of.ts'
import { startRun } from '../../base/run.ts'
import { findBestPaths } from '../heap/best-paths.ts'
import { PathTree } from './path-tree.ts'

test('elements of a page that differ in their attributes are held in one way', () => {
  const graph = graphOf({ root: ['list'], list: { edges: ['a', 'b', 'c'] }, a: { kind: 'native', name: '<li class="row 1">' }, b: { kind: 'native', name: '<li id="last">' }, c: { kind: 'native', name: '<td>' } })
  const run = startRun()
  const tree = new PathTree()
  const pathOf = tree.place(graph, findBestPaths(graph, run), run)
  expect(Array.from(pathOf.subarray(2), (path) => tree.className(path))).toEqual(['<li>', '<li>', '<td>'])
})
