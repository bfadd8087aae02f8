import { Bitset } from '../../base/bitset.ts'
import type { HeapGraph } from '../../model/heap-graph.ts'
import { type RawParts, RawStrings } from '../../readers/v8-heapsnapshot/string-bytes.ts'

/** A graph as it goes to another thread: columns in shared memory, classes taken apart. */
export type SharedGraph = Omit<HeapGraph, 'strings' | 'edgeIsStrong' | 'allocations'> & { strings: RawParts; edgeIsStrong: Uint32Array }

/** Undefined when the graph's columns are not in shared memory. */
export function shareGraph(graph: HeapGraph): SharedGraph | undefined {
  const { strings, edgeIsStrong, allocations: _, ...columns } = graph
  if (!(strings instanceof RawStrings) || !(graph.edgeTarget.buffer instanceof SharedArrayBuffer)) return undefined
  return { ...columns, strings: strings.parts(), edgeIsStrong: edgeIsStrong.words }
}

export function graphFromShared(shared: SharedGraph): HeapGraph {
  return { ...shared, strings: RawStrings.from(shared.strings), edgeIsStrong: new Bitset(shared.edgeCount, shared.edgeIsStrong) }
}
