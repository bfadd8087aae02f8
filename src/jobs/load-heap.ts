import { stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { type Computed, type HeapIndex, heapIndex } from '../analysis/heap/heap-index.ts'
import { findDominators } from '../analysis/heap/dominators.ts'
import { UsageError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import type { HeapGraph } from '../model/heap-graph.ts'
import { addNotice } from '../model/source.ts'
import { readHeapSnapshot } from '../readers/v8-heapsnapshot.ts'
import { fileSource } from './file-source.ts'
import { readWithTwoThreads } from './load-heap/read-with-two-threads.ts'
import { SecondThread } from './load-heap/second-thread.ts'
import { shareGraph } from './load-heap/shared-graph.ts'
import { HEADER_END, headerIn } from './load-heap/snapshot-head.ts'

export interface LoadedHeap {
  graph: HeapGraph
  index: HeapIndex
}

export interface LoadOptions {
  /** Do not recognize, use this reader. */
  format?: string | undefined
  /** How many threads may work; what the machine has unless said. */
  threads?: number | undefined
  /** Keep what was read and computed, and use it the next time: beside the snapshot, or in this directory. */
  cache?: 'beside' | { directory: string } | undefined
}

/** Below this a second thread costs more than it saves. */
const WORTH_TWO_THREADS_BYTES = 128_000_000

/**
 * Opens a file that holds a heap graph, of whatever format. A big V8 snapshot is read and prepared by two threads
 * where there are two cores: dominators, distances, classes and sizes are then computed already.
 * @throws ReadError when it is damaged or nothing we know; UsageError when it holds something else than a heap
 */
export async function loadHeap(path: string, run: Run, options: LoadOptions = {}): Promise<LoadedHeap> {
  if (options.cache === undefined) return readHeap(path, run, options)
  const { cachePath, readIndexCache, writeIndexCache } = await import('./index-cache.ts')
  const cache = cachePath(path, options.cache === 'beside' ? undefined : options.cache.directory)
  await fileSource(path) // a missing snapshot is said to be missing, cache or not
  const kept = readIndexCache(path, cache)
  if (!('unusable' in kept)) return { graph: kept.graph, index: heapIndex(kept.graph, run, kept.computed) }
  const loaded = await readHeap(path, run, options)
  run.progress({ step: `keeping the index in ${cache}`, done: 0 })
  try {
    writeIndexCache(path, cache, loaded.index)
  } catch (error) {
    addNotice(loaded.graph.source, { code: 'cache-not-written', message: `The index could not be kept: ${error instanceof Error ? error.message : String(error)}` })
  }
  return loaded
}

async function readHeap(path: string, run: Run, { format, threads = availableParallelism() }: LoadOptions): Promise<LoadedHeap> {
  const isV8 = format === undefined || format === 'v8-heapsnapshot'
  const info = await stat(path).catch(() => undefined)
  if (isV8 && info?.isFile() === true) {
    if (threads > 1 && info.size >= WORTH_TWO_THREADS_BYTES) {
      const loaded = await loadWithTwoThreads(path, info.size, run)
      if (loaded !== undefined) return loaded
    }
    const source = await fileSource(path)
    for await (const head of source.chunks()) {
      if (headerIn(head.subarray(0, HEADER_END)) === undefined) break
      const graph = await readHeapSnapshot(source, run)
      return { graph, index: heapIndex(graph, run) }
    }
  }
  // Everything else, with all the readers there are: they are loaded only here.
  const [{ openInput }, { decompress }] = await Promise.all([import('../readers/open.ts'), import('./file-source.ts')])
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
