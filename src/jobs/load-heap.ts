import type { Run } from '../base/run.ts'
import { type HeapIndex, heapIndex } from '../analysis/heap/heap-index.ts'
import type { HeapGraph } from '../model/heap-graph.ts'
import { openInput } from '../readers/open.ts'
import { UsageError } from '../base/errors.ts'
import { decompress, fileSource } from './file-source.ts'

export interface LoadedHeap {
  graph: HeapGraph
  index: HeapIndex
}

export interface LoadOptions {
  /** Do not recognize, use this reader. */
  format?: string | undefined
}

/**
 * Opens a file that holds a heap graph, of whatever format.
 * @throws ReadError when it is damaged or nothing we know; UsageError when it holds something else than a heap
 */
export async function loadHeap(path: string, run: Run, { format }: LoadOptions = {}): Promise<LoadedHeap> {
  const opened = await openInput(await fileSource(path), run, { decompress, format })
  if (opened.makes !== 'heap-graph') {
    throw new UsageError({ argument: path, given: `${opened.format}, which makes a ${opened.makes}`, allowed: 'a heap snapshot' })
  }
  return { graph: opened.model, index: heapIndex(opened.model, run) }
}
