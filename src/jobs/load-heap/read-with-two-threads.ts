import { closeSync, openSync, readSync } from 'node:fs'
import type { Run } from '../../base/run.ts'
import type { HeapGraph } from '../../model/heap-graph.ts'
import { EdgeColumns, edgeRows } from '../../readers/v8-heapsnapshot/edge-columns.ts'
import { findEdges } from '../../readers/v8-heapsnapshot/find-edges.ts'
import type { Header } from '../../readers/v8-heapsnapshot/header.ts'
import { SnapshotParser } from '../../readers/v8-heapsnapshot/parser.ts'
import { HEADER_END, headerIn } from './snapshot-head.ts'
import { BLOCK_BYTES, Blocks, readFully } from './edge-blocks.ts'
import type { SecondThread } from './second-thread.ts'

/**
 * Reads a V8 snapshot with two threads: this one reads nodes and names, then edges from the front; the other reads
 * edges from the back, until they meet. Columns are shared, nothing is copied.
 *
 * Anything unusual (no edges found where they must be, counts that do not add up, damage) ends in undefined: then the
 * ordinary reader has the file, and it alone says what is wrong with it. So this way of reading has no errors of its own.
 * Cost: as the ordinary reader, on two cores in about half the time.
 * @throws Cancelled
 */
export async function readWithTwoThreads(path: string, sizeBytes: number, run: Run, second: SecondThread): Promise<HeapGraph | undefined> {
  const file = openSync(path, 'r')
  try {
    const buffer = new Uint8Array(HEADER_END)
    const readPart = (from: number, length: number): Uint8Array => buffer.subarray(0, readSync(file, buffer, 0, length, from))
    const header = headerIn(readPart(0, HEADER_END))
    if (header === undefined || header.edgeCount > sizeBytes / 6 || header.nodeCount === 0) return undefined
    const edgesAt = findEdges(readPart, sizeBytes, header)
    if (edgesAt === undefined) return undefined
    return await readAround(file, path, sizeBytes, header, edgesAt, run, second)
  } finally {
    closeSync(file)
  }
}

async function readAround(
  file: number,
  path: string,
  sizeBytes: number,
  header: Header,
  edgesAt: { from: number; to: number },
  run: Run,
  second: SecondThread,
): Promise<HeapGraph | undefined> {
  const edges = new EdgeColumns(header, header.nodeCount, header.edgeCount, sizeBytes, 'shared')
  if (edges.capacity !== header.edgeCount) return undefined
  const blocks = new Blocks(edgesAt.from, edgesAt.to)
  const backPart = second.start({
    kind: 'edges',
    path,
    from: edgesAt.from,
    to: edgesAt.to,
    tickets: blocks.tickets,
    header,
    columns: { target: edges.target, kind: edges.kind, name: edges.name },
  })
  try {
    const parser = new SnapshotParser({ name: path, sizeBytes, memory: 'shared' }, run)
    const buffer = new Uint8Array(BLOCK_BYTES)
    const pushAll = (from: number, to: number): boolean => {
      for (let at = from; at < to; at += BLOCK_BYTES) {
        const part = buffer.subarray(0, Math.min(BLOCK_BYTES, to - at))
        if (!readFully(file, part, at)) return false
        parser.push(part)
      }
      return true
    }
    if (!pushAll(0, edgesAt.from) || parser.nodeCount !== header.nodeCount) return undefined
    parser.takeEdges(edges)
    parser.skip(edgesAt.to - edgesAt.from)
    if (!pushAll(edgesAt.to, sizeBytes)) return undefined

    const rows = edgeRows(header, () => edges)
    let front = edgesAt.from
    for (let block = blocks.nextFront(); block !== undefined; block = blocks.nextFront()) {
      run.checkpoint()
      const part = buffer.subarray(0, block.to - block.from)
      if (!readFully(file, part, block.from)) return undefined
      rows.push(part, 0, part.length)
      front = block.to
    }
    const answer = await backPart
    if (answer.kind !== 'edges' || answer.part === undefined) return undefined
    // What stands between the two: the end of the front's last row and the beginning of the back's first one.
    const { rows: backRows, begin, maxName } = answer.part
    if (begin < front || begin - front > 4 * BLOCK_BYTES) return undefined
    const between = new Uint8Array(begin - front + 1).fill(32)
    if (!readFully(file, between.subarray(0, begin - front), front)) return undefined
    rows.push(between, 0, between.length)
    if (rows.leftover !== 0 || edges.count + backRows !== header.edgeCount) return undefined
    edges.count = header.edgeCount
    edges.maxName = Math.max(edges.maxName, maxName)
    return parser.finish()
  } catch (error) {
    if (isOurs(error)) return undefined
    throw error
  } finally {
    Atomics.store(blocks.tickets, 0, blocks.count) // the other thread stops at its next block
    await backPart
  }
}

function isOurs(error: unknown): boolean {
  return error instanceof Error && ['ReadError', 'BadText', 'BadNumber', 'HeaderProblem'].includes(error.constructor.name)
}
