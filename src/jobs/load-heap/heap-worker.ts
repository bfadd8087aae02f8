// The second thread of `loadHeap`: reads edges from the back of their array, and computes what does not need the
// dominators while the first thread finds those.
import { closeSync, openSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
import { findClasses } from '../../analysis/heap/classes.ts'
import { findDistances } from '../../analysis/heap/distances.ts'
import { findOwnedBytes } from '../../analysis/heap/owned-bytes.ts'
import { startRun } from '../../base/run.ts'
import { EdgeColumns } from '../../readers/v8-heapsnapshot/edge-columns.ts'
import type { Header } from '../../readers/v8-heapsnapshot/header.ts'
import { type BackPart, Blocks, readEdgesFromBack } from './edge-blocks.ts'
import { graphFromShared, type SharedGraph } from './shared-graph.ts'
import type { Classes } from '../../analysis/heap/classes.ts'
import type { NumberColumn } from '../../model/heap-graph.ts'

export interface EdgeTask {
  kind: 'edges'
  path: string
  from: number
  to: number
  tickets: Int32Array
  header: Header
  columns: Pick<EdgeColumns, 'target' | 'kind' | 'name'>
}
export interface DeriveTask {
  kind: 'derive'
  graph: SharedGraph
}
export type Task = EdgeTask | DeriveTask

export interface Derived {
  distances: Uint32Array
  ownedBytes: NumberColumn
  classes: Classes
}
export type Answer = { kind: 'edges'; part: BackPart | undefined } | { kind: 'derived'; derived: Derived } | { kind: 'failed'; message: string }

function answer(task: Task): { answer: Answer; moved: ArrayBuffer[] } {
  if (task.kind === 'edges') {
    const file = openSync(task.path, 'r')
    try {
      const edges = EdgeColumns.over(task.columns, task.header, task.header.nodeCount)
      return { answer: { kind: 'edges', part: readEdgesFromBack(file, new Blocks(task.from, task.to, task.tickets), edges, task.header) }, moved: [] }
    } finally {
      closeSync(file)
    }
  }
  const graph = graphFromShared(task.graph)
  const run = startRun()
  const derived: Derived = { distances: findDistances(graph, run), ownedBytes: findOwnedBytes(graph, run), classes: findClasses(graph, run) }
  const moved = [derived.distances, derived.ownedBytes, derived.classes.classOfNode].map(({ buffer }) => buffer).filter((buffer) => buffer instanceof ArrayBuffer)
  return { answer: { kind: 'derived', derived }, moved: [...new Set(moved)] }
}

parentPort?.on('message', (task: Task) => {
  try {
    const { answer: answered, moved } = answer(task)
    parentPort!.postMessage(answered, moved)
  } catch (error) {
    parentPort!.postMessage({ kind: 'failed', message: String(error) } satisfies Answer)
  }
})
