import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { ReadError } from '../../src/base/errors.ts'
import { startRun } from '../../src/base/run.ts'
import { loadHeap } from '../../src/jobs/load-heap.ts'
import { readWithTwoThreads } from '../../src/jobs/load-heap/read-with-two-threads.ts'
import { SecondThread } from '../../src/jobs/load-heap/second-thread.ts'
import { fileSource } from '../../src/jobs/file-source.ts'
import { checkHeapGraph } from '../../src/model/check-heap-graph.ts'
import type { HeapGraph } from '../../src/model/heap-graph.ts'
import { readHeapSnapshot } from '../../src/readers/v8-heapsnapshot.ts'
import { chain, snapshotText } from '../support/snapshot-text.ts'

const folder = mkdtempSync(join(tmpdir(), 'stillhere-load-'))
const file = join(folder, 'a.heapsnapshot')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function withTwoThreads(text: string): Promise<HeapGraph | undefined> {
  writeFileSync(file, text)
  const second = new SecondThread()
  try {
    return await readWithTwoThreads(file, Buffer.byteLength(text), startRun(), second)
  } finally {
    await second.stop()
  }
}

const columns = (graph: HeapGraph): unknown[] =>
  [graph.nodeKind, graph.nodeName, graph.nodeId, graph.shallowBytes, graph.firstEdge, graph.edgeTarget, graph.edgeKind, graph.edgeName, graph.edgeIsStrong.words].map((column) => Array.from<number>(column))

for (const between of [',', '\n,'] as const) {
  test(`two threads read what one reads, rows parted by ${JSON.stringify(between)}`, async () => {
    const text = snapshotText({ ...chain(120_000), between }) // several blocks of a mebibyte
    const graph = await withTwoThreads(text)
    expect(graph).toBeDefined()
    checkHeapGraph(graph!)
    expect(columns(graph!)).toEqual(columns(await readHeapSnapshot(await fileSource(file), startRun())))
  })
}

test('a file in which anything is odd is left to the ordinary reader', async () => {
  const text = snapshotText(chain(60_000))
  const odd = {
    'a promise of more edges': snapshotText({ ...chain(60_000), edgeCount: 10_000_000 }),
    'a promise of fewer nodes': snapshotText({ ...chain(60_000), nodeCount: 59_999 }),
    'a cut': text.slice(0, text.length * 0.6),
    'a letter among the edges': text.slice(0, 1_900_000) + 'x' + text.slice(1_900_001),
  }
  for (const [what, damaged] of Object.entries(odd)) expect([what, await withTwoThreads(damaged)]).toEqual([what, undefined])
})

test('a cut in the middle of the edges is told with its byte', async () => {
  const text = snapshotText(chain(60_000))
  writeFileSync(file, text.slice(0, 2_000_000))
  const failure: unknown = await loadHeap(file, startRun()).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(ReadError)
  expect((failure as ReadError).position).toEqual({ kind: 'byte', byte: 2_000_000, what: 'edges' })
  expect((failure as ReadError).message).toMatch(/expected more edges \(\d+ of \d+ read\), found the end of the file/)
})
