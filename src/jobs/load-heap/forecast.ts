import { availableMemory } from 'node:process'
import type { Header } from '../../readers/v8-heapsnapshot/header.ts'

/** What opening a snapshot will take of memory at its peak, the process itself included. */
export interface Forecast {
  peakBytes: number
  /** The same with one thread, which computes one thing after the other. */
  oneThreadBytes: number
  /** What the machine, or the container, has left. */
  availableBytes: number
}

const PROCESS_BYTES = 62_000_000
/** Columns of the graph, and the depth-first search with its forest: see `NodeColumns` and `findDominators`. */
const BYTES_PER_NODE = 17 + 2 + 28 + 4
/** Columns of the graph, the strength bit, and the share of edges that lead to an earlier number. */
const BYTES_PER_EDGE = 9.125 + 4 * 0.8
/** What the second thread computes beside: distances and their queue, owners, classes. */
const BESIDE_PER_NODE = 16
const STRINGS_SHARE = 0.05

/**
 * The memory a snapshot will need, from its header's counts, which the file's size bounds.
 * Within about 10 % on the snapshots of the bench; strings are a guess, since nothing says how many bytes they are.
 */
export function forecastMemory({ nodeCount, edgeCount, node, edge }: Header, sizeBytes: number): Forecast {
  const nodes = Math.min(nodeCount, sizeBytes / (2 * node.fields))
  const edges = Math.min(edgeCount, sizeBytes / (2 * edge.fields))
  const oneThreadBytes = PROCESS_BYTES + nodes * BYTES_PER_NODE + edges * BYTES_PER_EDGE + sizeBytes * STRINGS_SHARE
  return { oneThreadBytes, peakBytes: oneThreadBytes + nodes * BESIDE_PER_NODE, availableBytes: availableMemory() }
}
