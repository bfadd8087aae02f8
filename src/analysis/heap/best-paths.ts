import type { Bitset } from '../../base/bitset.ts'
import { release } from '../../base/release.ts'
import type { Run } from '../../base/run.ts'
import { EDGE, type HeapGraph, NODE, NONE, ROOT } from '../../model/heap-graph.ts'
import { HolderPreference, PREFERENCE, PREFERENCE_LEVELS } from './holder-preference.ts'

/** One best way from the root to every node: a tree, column[node]. */
export interface BestPaths {
  /** The edge by which the best path arrives; NONE for the root and for unreachable nodes. */
  readonly edge: Uint32Array
  /** The node that edge leaves; NONE likewise. */
  readonly holder: Uint32Array
  /** The worst reference on the path: `PREFERENCE`. */
  readonly preference: Uint8Array
  /** Reachable nodes, holders before the held, better and shorter paths first. */
  readonly order: Uint32Array
}

/**
 * The best path to every node: of all paths those whose worst reference is best (`PREFERENCE`), of these a shortest.
 *
 * Method: breadth-first search with one queue for each preference, after LeakCanary's two (`PathFinder`, Shark);
 *   a queue is begun only when the better ones are empty, so the first arrival is the best one.
 * Of equally good holders at the same distance one that is not in `passing` (objects that come and go) is taken.
 * Follows strong edges, and the handles in groups of GC roots even where a reader, as DevTools does, does not count
 *   them: they do keep their targets, and say better why than a round trip through the runtime's timers.
 * Cost: O(nodes + edges); 13 bytes per node kept, 2 more per node and 16 per reference put off while running.
 */
export function findBestPaths(graph: HeapGraph, run: Run, passing?: Bitset): BestPaths {
  const { nodeCount, nodeKind, firstEdge, edgeTarget, edgeKind, edgeIsStrong } = graph
  const preferences = new HolderPreference(graph)
  const edgeTo = new Uint32Array(nodeCount).fill(NONE)
  const holder = new Uint32Array(nodeCount).fill(NONE)
  const preference = new Uint8Array(nodeCount)
  const order = new Uint32Array(nodeCount)
  const isReached = new Uint8Array(nodeCount)
  const queuedAt = new Uint8Array(nodeCount) // the best level it waits in; 0: in none
  let reached = 0
  let expanded = 0
  isReached[ROOT] = 1
  order[reached++] = ROOT
  // References put off until every better path is known: edge, with the node it leaves.
  const later: { edges: number[]; holders: number[] }[] = Array.from({ length: PREFERENCE_LEVELS }, () => ({ edges: [], holders: [] }))
  for (let level = 0; level < PREFERENCE_LEVELS; level++) {
    const { edges, holders } = later[level]!
    for (let i = 0; i < edges.length; i++) {
      const edge = edges[i]!
      const node = edgeTarget[edge]!
      if (isReached[node] === 1) continue
      isReached[node] = 1
      edgeTo[node] = edge
      holder[node] = holders[i]!
      preference[node] = level
      order[reached++] = node
    }
    later[level] = { edges: [], holders: [] }
    while (expanded < reached) {
      const layerEnd = reached
      if (passing !== undefined) putLast(order, expanded, layerEnd, passing)
      while (expanded < layerEnd) {
        if ((expanded & 0xffff) === 0) run.checkpoint()
        const node = order[expanded++]!
        const arrival = edgeTo[node]!
        const isRootGroup = nodeKind[node] === NODE.synthetic
        for (let edge = firstEdge[node]!, end = firstEdge[node + 1]!; edge < end; edge++) {
          const target = edgeTarget[edge]!
          if (isReached[target] === 1 || (!edgeIsStrong.has(edge) && (!isRootGroup || edgeKind[edge] === EDGE.weak))) continue
          // A handle that the reader does not count says where its target belongs to, but only if nothing better does.
          const own = edgeIsStrong.has(edge) ? preferences.of(node, edge, arrival) : Math.max(PREFERENCE.internals, preferences.of(node, edge, arrival))
          if (own > level) {
            if (queuedAt[target] !== 0 && queuedAt[target]! <= own) continue
            queuedAt[target] = own
            later[own]!.edges.push(edge)
            later[own]!.holders.push(node)
            continue
          }
          isReached[target] = 1
          edgeTo[target] = edge
          holder[target] = node
          preference[target] = level
          order[reached++] = target
        }
      }
    }
  }
  release(isReached, queuedAt)
  return { edge: edgeTo, holder, preference, order: order.subarray(0, reached) }
}

/** Moves what is in `last` behind the rest of order[from] … order[to − 1]; keeps both in order. */
function putLast(order: Uint32Array, from: number, to: number, last: Bitset): void {
  const moved: number[] = []
  let at = from
  for (let i = from; i < to; i++) {
    const node = order[i]!
    if (last.has(node)) moved.push(node)
    else order[at++] = node
  }
  for (const node of moved) order[at++] = node
}
