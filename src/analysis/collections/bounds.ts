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
/** V8 enlarges an array to 1.5 times its length and 16 more: what is far beyond was made at once. */
const GROWTH = 1.5
const SLACK = 16
const POINTER_BYTES = 8

/**
 * Looks for a bound of the collection `holder` with `entries` entries, owned by `owner`: a number named as a maximum
 * (numbers are in a snapshot only where it was taken with numeric values), or room made for many more entries at once,
 * as caches do. Result: undefined when there is no sign of a bound, or the entries have passed it.
 */
export function findBound(graph: HeapGraph, owner: number, holder: number, entries: number): Bound | undefined {
  for (const node of new Set([owner, holder])) {
    for (let edge = graph.firstEdge[node]!; edge < graph.firstEdge[node + 1]!; edge++) {
      if (graph.edgeKind[edge] !== EDGE.property || !MAXIMUM.test(edgeNameOf(graph, edge))) continue
      const target = graph.edgeTarget[edge]!
      if (graph.nodeKind[target] !== NODE.number) continue
      const value = Number(nodeNameOf(graph, target))
      if (Number.isFinite(value) && value >= entries) return { capacity: value, because: `${edgeNameOf(graph, edge)} is ${value}` }
    }
  }
  for (let edge = graph.firstEdge[holder]!; edge < graph.firstEdge[holder + 1]!; edge++) {
    const store = graph.edgeTarget[edge]!
    if (graph.edgeKind[edge] !== EDGE.internal || graph.nodeKind[store] !== NODE.array || edgeNameOf(graph, edge) !== 'elements') continue
    const capacity = Math.floor(graph.shallowBytes[store]! / POINTER_BYTES) - 2
    if (capacity > GROWTH * (GROWTH * entries + SLACK) + SLACK) return { capacity, because: `room was made for ${capacity} at once` }
  }
  return undefined
}
