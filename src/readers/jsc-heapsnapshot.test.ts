import { expect, test } from 'vitest'
import { startRun } from '../base/run.ts'
import { edgeNameOf } from '../model/heap-graph.ts'
import { bytesSource } from './bytes-source.ts'
import { jscHeapSnapshot } from './jsc-heapsnapshot.ts'

const drawn = { version: 3, type: 'Inspector', nodes: [0, 0, 0, 0, 1, 16, 1, 0, 2, 32, 1, 2], nodeClassNames: ['<root>', 'Cart'], edges: [0, 1, 0, 0, 1, 2, 1, 0], edgeTypes: ['Internal', 'Property', 'Index', 'Variable'], edgeNames: ['next'] }
const read = (changes: object): ReturnType<typeof jscHeapSnapshot.read> => jscHeapSnapshot.read(bytesSource('x', new TextEncoder().encode(JSON.stringify({ ...drawn, ...changes }))), startRun())

test('nodes, names and sizes; what nothing shown holds hangs on the root', async () => {
  const graph = await read({ edges: [0, 1, 0, 0] })
  expect([graph.nodeCount, graph.edgeCount, graph.source.notices[0]?.code]).toEqual([3, 2, 'held-from-outside'])
  const whole = await read({})
  expect([edgeNameOf(whole, 0), edgeNameOf(whole, 1), whole.source.notices]).toEqual(['GC root', 'next', []])
})

test('the debugging form says why a root is one', async () => {
  const graph = await read({ type: 'GCDebugging', nodes: [0, 0, 0, 0, 0, 0, 0, 1, 16, 1, 0, 0, 0, 0], edges: [0, 1, 0, 0], roots: [1, 1, 0], labels: ['', 'Strong handle'] })
  expect(edgeNameOf(graph, 0)).toBe('Strong handle')
})

test('rows that do not fit are told with their place', async () => {
  await expect(read({ nodes: [0, 0, 0] })).rejects.toThrow('expected nodes to be rows of 4, found 3')
  await expect(read({ nodes: [1, 16, 7, 0] })).rejects.toThrow('expected nodes[2] to be a whole number below 2, found 7')
  await expect(read({ edges: [1, 2, 1, 9] })).rejects.toThrow('expected edges[3] to be a whole number below 1, found 9')
  await expect(read({ version: 9 })).rejects.toThrow('expected version to be 1, 2 or 3, found 9')
})
