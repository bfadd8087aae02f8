import { EDGE, edgeNameOf, type HeapGraph, NODE, nodeNameOf } from '../../model/heap-graph.ts'

/** What speaks for a collection that will stop growing by itself. */
export interface Bound {
  /** Entries it is made for. */
  readonly capacity: number
  /** How that is known, as the end of a sentence. */
  readonly because: string
}

/** Names under which caches keep their maximum. */
const MAXIMUM = /^[_#]?(max|maximum|capacity|limit|bound)(size|entries|keys|length|items|count)?$/i
/** V8 enlarges an array to 1.5 times its length and 16 more: a store that is larger was made at once. */
const GROWTH = 1.5
const SLACK = 16
/** A queue makes room for a chunk at once, and then for the next. */
const CHUNKED = /queue|buffer|chunk|segment|block|page/i
const POINTER_BYTES = 8

export interface Collection {
  /** The instance the collection belongs to, or the collection itself. */
  readonly owner: number
  readonly holder: number
  /** Now, and in the first of several snapshots. */
  readonly entries: number
  readonly entriesBefore: number
  /** The highest id that had been given out when the first snapshot was taken. */
  readonly bornBefore: number
}

/**
 * Looks for a bound of a growing collection: a number named as a maximum (numbers are in a snapshot only where it was
 * taken with numeric values), or room that was made before the growth and is larger than appending ever makes it.
 * Result: undefined when there is no sign of a bound, or the entries have passed it.
 */
export function findBound(graph: HeapGraph, { owner, holder, entries, entriesBefore, bornBefore }: Collection): Bound | undefined {
  for (const node of new Set([owner, holder])) {
    for (let edge = graph.firstEdge[node]!; edge < graph.firstEdge[node + 1]!; edge++) {
      if (graph.edgeKind[edge] !== EDGE.property || !MAXIMUM.test(edgeNameOf(graph, edge))) continue
      const target = graph.edgeTarget[edge]!
      if (graph.nodeKind[target] !== NODE.number) continue
      const value = Number(nodeNameOf(graph, target))
      if (Number.isFinite(value) && value >= entries) return { capacity: value, because: `${edgeNameOf(graph, edge)} is ${value}` }
    }
  }
  if (CHUNKED.test(graph.strings.get(graph.nodeName[owner]!))) return undefined
  for (let edge = graph.firstEdge[holder]!; edge < graph.firstEdge[holder + 1]!; edge++) {
    const store = graph.edgeTarget[edge]!
    if (graph.edgeKind[edge] !== EDGE.internal || graph.nodeKind[store] !== NODE.array || edgeNameOf(graph, edge) !== 'elements') continue
    const capacity = Math.floor(graph.shallowBytes[store]! / POINTER_BYTES) - 2
    if (graph.nodeId[store]! <= bornBefore && capacity >= entries && capacity > GROWTH * entriesBefore + 2 * SLACK) return { capacity, because: `room was made for ${capacity} at once` }
  }
  return undefined
}
