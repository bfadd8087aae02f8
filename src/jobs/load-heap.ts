import { open, stat } from 'node:fs/promises'
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
import type { Purpose } from './load-heap/forecast.ts'
import { type MemoryPlan, notEnoughMemory, planMemory, readingAt, tellSteps } from './load-heap/memory-plan.ts'
import { roomFor } from './load-heap/memory-room.ts'
import { HEADER_END, headerIn } from './load-heap/snapshot-head.ts'
import type { HeapSummary } from './load-heap/summarize.ts'

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
  /** How much memory this process may take; what the machine or container has left unless said. */
  memoryBytes?: number | undefined
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
  const kept = await keptHeap(path, run, options)
  if (kept !== undefined) return kept
  const loaded = await readHeap(path, run, options)
  await keepHeap(path, run, loaded, options)
  return loaded
}

/** What the index cache has of a snapshot; undefined where it has nothing that can be used, or more than memory holds. */
async function keptHeap(path: string, run: Run, { cache, memoryBytes }: LoadOptions): Promise<LoadedHeap | undefined> {
  const { cachePath, readIndexCache } = await import('./index-cache.ts')
  await fileSource(path) // a missing snapshot is said to be missing, cache or not
  const place = cachePath(path, cache === undefined || cache === 'beside' ? undefined : cache.directory)
  const sizeBytes = (await stat(place).catch(() => undefined))?.size ?? 0
  if (sizeBytes > (roomFor(memoryBytes)?.bytes ?? Infinity)) return undefined
  const kept = readIndexCache(path, place)
  return 'unusable' in kept ? undefined : { graph: kept.graph, index: heapIndex(kept.graph, run, kept.computed) }
}

async function keepHeap(path: string, run: Run, { graph, index }: LoadedHeap, { cache }: LoadOptions): Promise<void> {
  const { cachePath, writeIndexCache } = await import('./index-cache.ts')
  const place = cachePath(path, cache === undefined || cache === 'beside' ? undefined : cache.directory)
  run.progress({ step: `keeping the index in ${place}`, done: 0 })
  try {
    writeIndexCache(path, place, index)
  } catch (error) {
    addNotice(graph.source, { code: 'cache-not-written', message: `The index could not be kept: ${error instanceof Error ? error.message : String(error)}` })
  }
}

async function readHeap(path: string, run: Run, options: LoadOptions): Promise<LoadedHeap> {
  const opened = await openWithin(path, run, options, 'totals')
  if (opened.kind === 'whole') return opened.heap
  throw notEnoughMemory(path, opened.plan, 'strings-in-file')
}

type Opened = { kind: 'whole'; heap: LoadedHeap } | { kind: 'too-big'; plan: MemoryPlan }

/** Reads as much of a graph as the memory there is holds, and says what was left out; `too-big` before anything was read. */
async function openWithin(path: string, run: Run, { format, javaLayout, threads = availableParallelism(), memoryBytes }: LoadOptions, purpose: Purpose): Promise<Opened> {
  const isV8 = (format === undefined || format === 'v8-heapsnapshot') && javaLayout === undefined
  const info = await stat(path).catch(() => undefined)
  const file = isV8 && info?.isFile() === true ? await headerOf(path) : undefined
  if (file !== undefined && info !== undefined) {
    const most = threads > 1 && info.size >= WORTH_TWO_THREADS_BYTES ? 'two-threads' : 'one-thread'
    const plan = planMemory(path, info.size, file, { most, limitBytes: memoryBytes, purpose })
    run.progress({ step: `reading ${path}, which takes about ${bytesText(plan.neededBytes)} of memory`, done: 0, total: info.size })
    if (plan.step === undefined || plan.step === 'no-dominators' || plan.step === 'nodes-only') return { kind: 'too-big', plan }
    if (plan.step === 'two-threads') {
      const { loadWithTwoThreads } = await import('./load-heap/load-with-two-threads.ts') // small files need none of it
      const loaded = await loadWithTwoThreads(path, info.size, run)
      if (loaded !== undefined) return { kind: 'whole', heap: { graph: loaded.graph, index: heapIndex(loaded.graph, run, loaded.computed) } }
    }
    const graph = await readHeapSnapshot(await fileSource(path), run, readingAt(plan.step, path))
    tellSteps(graph.source, plan)
    return { kind: 'whole', heap: { graph, index: heapIndex(graph, run) } }
  }
  // Everything else, with all the readers there are: they are loaded only here.
  const [{ openInput }, { decompress }] = await Promise.all([import('../readers/open.ts'), import('./file-source.ts')])
  const opened = await openInput(await fileSource(path), run, { decompress, format, readers: javaLayout === undefined ? undefined : await readersWith(javaLayout) })
  if (javaLayout !== undefined && opened.format !== 'hprof') throw layoutUnfit(`${path}, which is ${opened.format}`)
  if (opened.makes !== 'heap-graph') {
    throw new UsageError({ argument: path, given: `${opened.format}, which makes a ${opened.makes}`, allowed: 'a heap snapshot' })
  }
  return { kind: 'whole', heap: { graph: opened.model, index: heapIndex(opened.model, run) } }
}

/**
 * Opens a heap as `loadHeap` does, or, where there is too little memory for that, adds up what fits.
 * @throws ReadError when it is damaged or nothing we know, or too big even for its totals; UsageError when it holds something else
 */
export async function openHeap(path: string, run: Run, options: LoadOptions = {}): Promise<{ kind: 'whole'; heap: LoadedHeap } | { kind: 'summary'; summary: HeapSummary }> {
  if (options.cache !== undefined && options.javaLayout === undefined) {
    const kept = await keptHeap(path, run, options)
    if (kept !== undefined) return { kind: 'whole', heap: kept }
  }
  const opened = await openWithin(path, run, options, 'report')
  if (opened.kind === 'whole') {
    if (options.cache !== undefined && options.javaLayout === undefined) await keepHeap(path, run, opened.heap, options)
    return opened
  }
  const { step } = opened.plan
  if (step === undefined) throw notEnoughMemory(path, opened.plan, 'nodes-only')
  const { summarizeGraph, summarizeNodes } = await import('./load-heap/summarize.ts')
  const summary = step === 'nodes-only' ? await summarizeNodes(path, run) : summarizeGraph(await readHeapSnapshot(await fileSource(path), run, readingAt(step, path)), run)
  tellSteps(summary.source, opened.plan)
  return { kind: 'summary', summary }
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
  const file = await open(path).catch(() => undefined) // whoever reads it says why not
  if (file === undefined) return undefined
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(HEADER_END), 0, HEADER_END, 0)
    return headerIn(buffer.subarray(0, bytesRead))
  } finally {
    await file.close()
  }
}
