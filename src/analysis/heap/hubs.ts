import type { HeapGraph } from '../../model/heap-graph.ts'

/** As many as a mask of 32 bits has room for. */
export const MAX_HUBS = 32

const SAMPLES = 1 << 14
/** Of that many samples one must hit a node for it to be a hub; and more than one in any case. */
const SAMPLES_PER_HUB = 1 << 12

/**
 * The nodes that very many edges lead to: `undefined`, `true`, the hidden classes and prototypes of frequent objects. In
 * a V8 snapshot half of all edges lead to the 32 biggest.
 *
 * Method: looks at one edge in so many, all at the same distance. A hub that is overlooked costs time, nothing else.
 * Cost: 16,384 edges; `counts` is borrowed, a column of zeros as long as there are nodes, and given back as such.
 * @returns at most 32, the biggest first
 */
export function findHubs({ edgeCount, edgeTarget }: Pick<HeapGraph, 'edgeCount' | 'edgeTarget'>, counts: Uint32Array): number[] {
  const step = Math.floor(edgeCount / SAMPLES) | 1
  for (let edge = 0; edge < edgeCount; edge += step) counts[edgeTarget[edge]!]!++
  const least = Math.max(2, edgeCount / step / SAMPLES_PER_HUB)
  const found: { node: number; count: number }[] = []
  for (let edge = 0; edge < edgeCount; edge += step) {
    const node = edgeTarget[edge]!
    if (counts[node]! >= least) found.push({ node, count: counts[node]! })
    counts[node] = 0
  }
  return found
    .sort((a, b) => b.count - a.count)
    .slice(0, MAX_HUBS)
    .map(({ node }) => node)
}
