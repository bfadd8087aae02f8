import { findDominators } from '../../analysis/heap/dominators.ts'
import type { Computed } from '../../analysis/heap/heap-index.ts'
import type { Run } from '../../base/run.ts'
import type { HeapGraph } from '../../model/heap-graph.ts'
import { readWithTwoThreads } from './read-with-two-threads.ts'
import { SecondThread } from './second-thread.ts'
import { shareGraph } from './shared-graph.ts'

/**
 * Reads a V8 snapshot with two threads and computes with both what every report needs.
 * @returns undefined at anything unusual: then the file is for the ordinary reader
 * @throws Cancelled
 */
export async function loadWithTwoThreads(path: string, sizeBytes: number, run: Run): Promise<{ graph: HeapGraph; computed: Computed } | undefined> {
  const second = new SecondThread()
  try {
    const graph = await readWithTwoThreads(path, sizeBytes, run, second)
    return graph === undefined ? undefined : { graph, computed: await prepare(graph, run, second) }
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
