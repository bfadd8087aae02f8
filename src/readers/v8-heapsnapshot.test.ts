import { expect, test } from 'vitest'
import { chain, type SnapshotText, snapshotText } from '../../test/support/snapshot-text.ts'
import { ReadError } from '../base/errors.ts'
import { startRun } from '../base/run.ts'
import { edgeNameOf, type HeapGraph, nodeNameOf } from '../model/heap-graph.ts'
import { readHeapSnapshot } from './v8-heapsnapshot.ts'

const read = (text: string, sizeBytes: number | undefined = Buffer.byteLength(text)): Promise<HeapGraph> =>
  readHeapSnapshot(
    {
      name: 'made',
      sizeBytes,
      async *chunks() {
        yield new TextEncoder().encode(text)
      },
    },
    startRun(),
  )
const failureOf = async (text: string): Promise<ReadError> => {
  const failure: unknown = await read(text).catch((error: unknown) => error)
  if (!(failure instanceof ReadError)) throw new Error(`expected a ReadError, found ${String(failure)}`)
  return failure
}

const two: SnapshotText = { nodes: [[9, 0, 1, 0, 1, 0], [3, 1, 3, 16, 0, 0]], edges: [[2, 2, 6]] }

test('strings are decoded with their escapes, lone surrogates included', async () => {
  const graph = await read(snapshotText({ ...two, strings: ['', 'line\nbreak "quoted" \\ é 😀', '\ud83d'] }))
  expect(nodeNameOf(graph, 1)).toBe('line\nbreak "quoted" \\ é 😀')
  expect(edgeNameOf(graph, 0)).toBe('\ud83d')
})

test('ids and sizes beyond 2^32 are exact', async () => {
  const graph = await read(snapshotText({ ...two, nodes: [[9, 0, 1, 0, 1, 0], [3, 1, 9_007_199_254_740_991, 5_000_000_000, 0, 0]] }))
  expect([graph.nodeId[0], graph.nodeId[1], graph.shallowBytes[1]]).toEqual([1, 9_007_199_254_740_991, 5_000_000_000])
})

test('a header that promises a thousand million nodes makes us allocate nothing like it', async () => {
  const text = snapshotText({ ...two, nodeCount: 1_000_000_000, edgeCount: 4_000_000_000 })
  const before = process.memoryUsage().arrayBuffers
  for (const size of [Buffer.byteLength(text), undefined]) {
    const graph = await read(text, size)
    expect([graph.nodeCount, graph.edgeCount]).toEqual([2, 1])
    expect(graph.source.notices.map(({ code, count }) => [code, count])).toEqual([['count-differs', 2]])
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000)
})

test('a file that was cut in its strings is saved, with the numbers of the names that are lost', async () => {
  const text = snapshotText({ ...two, strings: ['', 'Kept', 'Lost'] })
  const graph = await read(text.slice(0, text.indexOf('Lost') + 2))
  expect([nodeNameOf(graph, 1), edgeNameOf(graph, 0)]).toEqual(['Kept', '#2'])
  expect(graph.source.notices.map(({ code }) => code)).toEqual(['cut-after-edges'])
})

test('a number where none can be is told with its byte', async () => {
  const text = snapshotText({ ...two, edges: [[2, 2, 7]] })
  const failure = await failureOf(text)
  expect(failure.message).toBe(`made: v8-heapsnapshot: byte ${text.indexOf('2,2,7') + 4} (edges): expected a multiple of 6 below 12 in edges[0].to_node, found 7`)
})

test('damage of other kinds is told in words', async () => {
  const whole = snapshotText(two)
  const messages = await Promise.all(
    [
      '',
      '{}',
      whole.replace('"nodes":[', '"nodes":{'),
      whole.replace('[9,0,1,0,1,0', '[9,0,1,0,1,x'),
      whole.replace('[9,0,1,0,1,0', '[9,0,1,0,5,0'),
      whole.replace('"to_node"', '"to_somewhere"'),
      whole.replace('"a"', 'a'),
      whole.slice(0, whole.indexOf('"nodes"') + 12),
    ].map(async (text) => (await failureOf(text)).message.replace('made: v8-heapsnapshot: ', '')),
  )
  expect(messages).toEqual([
    'byte 0: expected the header, "snapshot", found an empty input',
    'byte 2: expected the header, "snapshot", found the end of the file',
    expect.stringContaining('(nodes): expected an array, found "{"'),
    expect.stringContaining('expected a whole number, found "x,'),
    expect.stringContaining("expected 5 edges, which the nodes' counts add up to, found 1"),
    expect.stringContaining('expected a field "to_node" in "edge_fields", found the fields type, name_or_index, to_somewhere'),
    expect.stringContaining('(strings): expected a string, found "a,'),
    expect.stringContaining('expected more nodes (0 of 2 read), found the end of the file'),
  ])
})

test('weak, self and shortcut edges do not keep alive; a WeakMap value hangs on its key', async () => {
  const pair = (number: number): string => `${number} / part of key (Key @3) -> value (Value @5) pair in WeakMap (table @7)`
  const nodes = [[9, 0, 1, 0, 3, 0], [3, 1, 3, 16, 3, 0], [3, 2, 5, 16, 0, 0], [3, 3, 7, 16, 1, 0]]
  const edges = [[5, 1, 6], [1, 1, 6], [1, 2, 18], [3, 4, 12], [6, 1, 12], [2, 1, 6], [3, 5, 12]]
  const graph = await read(snapshotText({ nodes, edges, strings: ['', 'Key', 'Value', 'Table', pair(12), pair(3)] }))
  expect(Array.from({ length: 7 }, (_, edge) => graph.edgeIsStrong.has(edge))).toEqual([true, true, true, true, false, false, false])
  expect(graph.ephemerons?.pair[0]).toBe(graph.ephemerons?.pair[1])
})

test('the data of one file does not outlive its graph', async () => {
  const text = snapshotText(chain(20_000))
  const collect = (globalThis as { gc?: () => void }).gc
  if (collect === undefined) throw new Error('run with --expose-gc')
  await read(text)
  collect()
  const before = process.memoryUsage().arrayBuffers
  for (let round = 0; round < 20; round++) await read(text)
  // What was collected is freed beside, and what is being compiled holds what it is compiled for: both take their time.
  const kept = async (): Promise<number> => {
    await new Promise((resolve) => setTimeout(resolve, 10))
    collect()
    return process.memoryUsage().arrayBuffers - before
  }
  for (let tries = 0; tries < 100 && (await kept()) > 2_000_000; tries++);
  expect(await kept()).toBeLessThan(2_000_000)
})
