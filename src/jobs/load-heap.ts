import { stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { type HeapIndex, heapIndex } from '../analysis/heap/heap-index.ts'
import { bytesText } from '../base/bytes-text.ts'
import { UsageError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import type { HeapGraph } from '../model/heap-graph.ts'
import { addNotice } from '../model/source.ts'
import type { GivenLayout } from '../readers/hprof.ts'
import type { Reader } from '../readers/reader.ts'
import type { Header } from '../readers/v8-heapsnapshot/header.ts'
import { readHeapSnapshot } from '../readers/v8-heapsnapshot.ts'
import { fileSource } from './file-source.ts'
import { type Forecast, forecastMemory } from './load-heap/forecast.ts'
import { HEADER_END, headerIn } from './load-heap/snapshot-head.ts'

export interface LoadedHeap {
  graph: HeapGraph
  index: HeapIndex
}

export interface LoadOptions {
  /** Do not recognize, use this reader. */
  format?: string | undefined
  /** How a JVM laid out its objects, where what its dump tells is wrong. */
  javaLayout?: GivenLayout | undefined
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
  // What is kept was computed without a layout.
  if (options.cache === undefined || options.javaLayout !== undefined) return readHeap(path, run, options)
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

async function readHeap(path: string, run: Run, { format, javaLayout, threads = availableParallelism() }: LoadOptions): Promise<LoadedHeap> {
  const isV8 = (format === undefined || format === 'v8-heapsnapshot') && javaLayout === undefined
  const info = await stat(path).catch(() => undefined)
  const header = isV8 && info?.isFile() === true ? await headerOf(path) : undefined
  if (header !== undefined && info !== undefined) {
    const forecast = forecastMemory(header, info.size)
    run.progress({ step: `reading ${path}, which takes about ${bytesText(forecast.peakBytes)} of memory`, done: 0, total: info.size })
    const isTight = forecast.peakBytes > forecast.availableBytes
    if (threads > 1 && info.size >= WORTH_TWO_THREADS_BYTES && !isTight) {
      const { loadWithTwoThreads } = await import('./load-heap/load-with-two-threads.ts') // small files need none of it
      const loaded = await loadWithTwoThreads(path, info.size, run)
      if (loaded !== undefined) return { graph: loaded.graph, index: heapIndex(loaded.graph, run, loaded.computed) }
    }
    const graph = await readHeapSnapshot(await fileSource(path), run)
    if (isTight) addNotice(graph.source, tightNotice(forecast))
    return { graph, index: heapIndex(graph, run) }
  }
  // Everything else, with all the readers there are: they are loaded only here.
  const [{ openInput }, { decompress }] = await Promise.all([import('../readers/open.ts'), import('./file-source.ts')])
  const opened = await openInput(await fileSource(path), run, { decompress, format, readers: javaLayout === undefined ? undefined : await readersWith(javaLayout) })
  if (javaLayout !== undefined && opened.format !== 'hprof') throw layoutUnfit(`${path}, which is ${opened.format}`)
  if (opened.makes !== 'heap-graph') {
    throw new UsageError({ argument: path, given: `${opened.format}, which makes a ${opened.makes}`, allowed: 'a heap snapshot' })
  }
  return { graph: opened.model, index: heapIndex(opened.model, run) }
}

/** All readers, of which the one of heap dumps believes `layout`. */
async function readersWith(layout: GivenLayout): Promise<Reader[]> {
  const [{ READERS }, { hprofWith }] = await Promise.all([import('../readers/registry.ts'), import('../readers/hprof.ts')])
  return READERS.map((reader) => (reader.format === 'hprof' ? hprofWith(layout) : reader))
}

/** A layout was given for something that has none. */
export function layoutUnfit(given: string): UsageError {
  return new UsageError({ argument: '--java-layout', given, allowed: 'a heap dump of a JVM (HPROF)' })
}

/** The header, when this is a V8 snapshot that is not compressed. */
async function headerOf(path: string): Promise<Header | undefined> {
  for await (const head of (await fileSource(path)).chunks()) return headerIn(head.subarray(0, HEADER_END))
  return undefined
}

/** Less memory than it takes: everything is computed when it is asked for, on one thread, and the user is told. */
function tightNotice({ peakBytes, oneThreadBytes, availableBytes }: Forecast): { code: string; message: string } {
  const enough = oneThreadBytes <= availableBytes
  return {
    code: enough ? 'memory-tight' : 'memory-short',
    message: `Both threads would take about ${bytesText(peakBytes)} of memory, ${bytesText(availableBytes)} are free: read by one, which takes about ${bytesText(oneThreadBytes)}${enough ? '' : ' and may not suffice either'}.`,
  }
}
