import { expect, test } from 'vitest'
import { graphOf } from '../../../test/support/graph-of.ts'
import { startRun } from '../../base/run.ts'
import { heapIndex } from '../heap/heap-index.ts'
import { countClasses, findClassChanges } from './class-changes.ts'

const run = startRun()
const drawn = graphOf({ root: ['a'], a: { name: 'Item', bytes: 24, edges: ['b'] }, b: { name: 'Item', bytes: 24 }, lost: { name: 'Item', bytes: 24 } })

test('where everything survived a collection all objects are counted, and no dominators are found for that', () => {
  const index = { ...heapIndex({ ...drawn, orphansAreAlive: true }, run), dominators: () => expect.unreachable('dominators were found') }
  expect(countClasses(index).byClass.get('Item')).toEqual({ count: 3, bytes: 72 })
  expect(findClassChanges({ byClass: new Map(), lastId: drawn.nodeId[drawn.node('a')]! }, index, 'ids')).toContainEqual({ className: 'Item', before: 0, after: 3, born: 3, died: 0, survived: 0, grownBytes: 72 })
})

test('where there may be garbage only what is reached counts', () => {
  expect(countClasses(heapIndex(drawn, run)).byClass.get('Item')).toEqual({ count: 2, bytes: 48 })
})
