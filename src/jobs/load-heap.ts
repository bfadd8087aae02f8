import { stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { type Computed, type HeapIndex, heapIndex } from '../analysis/heap/heap-index.ts'
import { findDominators } from '../analysis/heap/dominators.ts'
import { UsageError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import type { HeapGraph } from '../model/heap-graph.ts'
import { openInput } from '../readers/open.ts'
import { decompress, fileSource } from './file-source.ts'
import { readWithTwoThreads } from './load-heap/read-with-two-threads.ts'
import { SecondThread } from './load-heap/second-thread.ts'
import { shareGraph } from './load-heap/shared-graph.ts'

export interface LoadedHeap {
  graph: HeapGraph
  index: HeapIndex
}

export interface LoadOptions {
  /** Do not recognize, use this reader. */
  format?: string | undefined
  /** How many threads may work; what the machine has unless said. */
  threads?: number | undefined
}

/** Below this a second thread costs more than it saves. */
const WORTH_TWO_THREADS_BYTES = 24_000_000

/**
 * Opens a file that holds a heap graph, of whatever format. A big V8 snapshot is read and prepared by two threads
 * where there are two cores: dominators, distances, classes and sizes are then computed already.
 * @throws ReadError when it is damaged or nothing we know; UsageError when it holds something else than a heap
 */
export async function loadHeap(path: string, run: Run, { format, threads = availableParallelism() }: LoadOptions = {}): Promise<LoadedHeap> {
  const info = await stat(path).catch(() => undefined)
  if (threads > 1 && info?.isFile() === true && info.size >= WORTH_TWO_THREADS_BYTES && (format === undefined || format === 'v8-heapsnapshot')) {
    const loaded = await loadWithTwoThreads(path, info.size, run)
    if (loaded !== undefined) return loaded
  }
  const opened = await openInput(await fileSource(path), run, { decompress, format })
  if (opened.makes !== 'heap-graph') {
    throw new UsageError({ argument: path, given: `${opened.format}, which makes a ${opened.makes}`, allowed: 'a heap snapshot' })
  }
  return { graph: opened.model, index: heapIndex(opened.model, run) }
}

async function loadWithTwoThreads(path: string, sizeBytes: number, run: Run): Promise<LoadedHeap | undefined> {
  const second = new SecondThread()
  try {
    const graph = await readWithTwoThreads(path, sizeBytes, run, second)
    if (graph === undefined) return undefined
    return { graph, index: heapIndex(graph, run, await prepare(graph, run, second)) }
  } finally {
    await second.stop()
  }
}

/** Dominators here, and on the other thread what does not need them. */
async function prepare(graph: HeapGraph, run: Run, second: SecondThread): Promise<Computed> {
  const shared = shareGraph(graph)
  if (shared === undefined) return {}
  const derived = second.start({ kind: 'derive', graph: shared })
  const dominators = findDominators(graph, run)
  const answer = await derived
  return answer.kind === 'derived' ? { dominators, ...answer.derived } : { dominators }
}
