import { expect, test } from 'vitest'
import { graphOf } from '../../../test/support/graph-of.ts'
import { findPassingNodes } from './passing-nodes.ts'

test('what the snapshot before or the one after lacks is passing; native nodes never are', () => {
  const graph = graphOf({ root: ['old', 'born', 'dying', 'buffer'], old: { id: 5 }, born: { id: 21 }, dying: { id: 9 }, buffer: { id: 400, kind: 'native' } })
  const next = graphOf({ root: ['born', 'old'], born: { id: 21 }, old: { id: 5 } })
  const passing = (at: Parameters<typeof findPassingNodes>[1]): string[] => ['old', 'born', 'dying', 'buffer'].filter((key) => findPassingNodes(graph, at).has(graph.node(key)))
  expect(passing({ lastIdBefore: 20, next })).toEqual(['born', 'dying'])
  expect(passing({ lastIdBefore: 20, next: undefined })).toEqual(['born'])
  expect(passing({ lastIdBefore: Infinity, next })).toEqual(['dying'])
})
