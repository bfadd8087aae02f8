import { edgeNameOf, EDGE, NODE } from '../../model/heap-graph.ts'
import type { Held, Pattern } from './pattern.ts'

/** A slice is small; what it holds must be so many times bigger to be the point. */
const LEAST_RATIO = 8

export const slicedString: Pattern = {
  id: 'sliced-string',
  category: 'string-slice',
  runtimes: ['v8'],
  title: 'short strings that are slices and keep the long text they were cut from',
  proves: 'Most of the growth is the parent strings of slices, which nothing else needs.',
  disproves: 'Many slices of one parent: then the slices save memory.',
  why: 'A substring of 13 or more characters is a view on its parent. Keeping the view keeps the whole parent.',
  advice: 'Store a copy instead of the slice where a small part of a big text is kept for long.',
  example: { before: "titles.set(url, page.slice(from, to))", after: "titles.set(url, Buffer.from(page.slice(from, to)).toString())" },
  confidence: 'high',
  matches: (held) => slicesOf(held) > 0.2,
}

/** The share of the top objects that are, or directly hold, a slice of a much bigger string. */
function slicesOf(held: Held): number {
  const { graph } = held
  const isWasteful = (node: number): boolean => {
    if (graph.nodeKind[node] !== NODE['sliced-string']) return false
    for (let edge = graph.firstEdge[node]!; edge < graph.firstEdge[node + 1]!; edge++) {
      if (graph.edgeKind[edge] === EDGE.internal && edgeNameOf(graph, edge) === 'parent') {
        return graph.shallowBytes[graph.edgeTarget[edge]!]! >= LEAST_RATIO * Math.max(64, graph.shallowBytes[node]!)
      }
    }
    return false
  }
  if (held.bytesOf(/^\(string\)$/) < 0.5 * held.bytesRate) return 0
  return held.membersOf((node) => {
    if (isWasteful(node)) return true
    for (let edge = graph.firstEdge[node]!; edge < graph.firstEdge[node + 1]!; edge++) {
      if (graph.edgeIsStrong.has(edge) && isWasteful(graph.edgeTarget[edge]!)) return true
    }
    return false
  })
}
