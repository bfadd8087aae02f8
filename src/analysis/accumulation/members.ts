import { Bitset } from '../../base/bitset.ts'
import { type HeapGraph, locationOf, NODE, NODE_KINDS } from '../../model/heap-graph.ts'
import { isInside } from '../diff/growth-causes.ts'
import { type GrowingClass, nameOfClass, originOf } from '../diff/growing-classes.ts'
import type { HeapIndex } from '../heap/heap-index.ts'

/** What is gathered at one place. */
export interface Members {
  /** What a programmer would see in the collection: its entries, past tables and links. */
  readonly nodes: readonly number[]
  /** By class, the program's own first, with all that is kept below: counts and bytes are of now. */
  readonly classes: readonly GrowingClass[]
  bytesOf(className: RegExp): number
}

/**
 * The entries of what is gathered at `point`, and everything below them by class. An instance within one of its own
 * class is not counted again.
 * Cost: what the point dominates, once.
 */
export function membersAt(index: HeapIndex, point: number): Members {
  const { graph } = index
  const { order, immediateDominator, retainedBytes } = index.dominators()
  const { place, size } = index.stretches()
  const from = place[point]!
  const end = from + size[point]!
  // Bits, since a set ends at 2^24 entries.
  const isContainer = new Bitset(graph.nodeCount)
  const isMember = new Bitset(graph.nodeCount)
  isContainer.add(point)
  const nodes: number[] = []
  const totals = new Map<number, { count: number; bytes: number; example: number }>()
  const shallow = new Map<number, number>()
  for (let at = from + 1; at < end; at++) {
    const node = order[at]!
    const above = immediateDominator[node]!
    if (isContainer.has(above) && isInside(graph, node)) isContainer.add(node)
    // The links of a list are its entries, though each holds the next; the parts of a text are not.
    else if (isContainer.has(above) || (isMember.has(above) && isLike(graph, node, above) && !isText(graph, node))) {
      isMember.add(node)
      nodes.push(node)
    }
    const key = graph.nodeName[node]! * NODE_KINDS.length + graph.nodeKind[node]!
    shallow.set(key, (shallow.get(key) ?? 0) + graph.shallowBytes[node]!)
    if (isLike(graph, node, above) || isLike(graph, node, immediateDominator[above]!)) continue
    const total = totals.get(key)
    if (total === undefined) totals.set(key, { count: 1, bytes: retainedBytes[node]!, example: node })
    else {
      total.count++
      total.bytes += retainedBytes[node]!
      if (retainedBytes[node]! > retainedBytes[total.example]!) total.example = node
    }
  }
  const classes: GrowingClass[] = []
  for (const { count, bytes, example } of totals.values()) {
    const kind = graph.nodeKind[example]!
    if (kind === NODE.hidden || kind === NODE.array || kind === NODE.code || kind === NODE.shape || kind === NODE.context || kind === NODE.synthetic) continue
    const location = locationOf(graph, example)
    const className = nameOfClass(graph, example)
    classes.push({ className, origin: originOf(graph, example, className, location), countRate: count, bytesRate: bytes, example, location })
  }
  return {
    nodes,
    classes: classes.toSorted((a, b) => a.origin - b.origin || b.bytesRate - a.bytesRate),
    bytesOf(name) {
      let bytes = 0
      for (const [key, sum] of shallow) {
        const text = graph.strings.get(Math.floor(key / NODE_KINDS.length))
        const kind = NODE_KINDS[key % NODE_KINDS.length]!
        if (name.test(kind.endsWith('string') ? `(${kind})` : text)) bytes += sum
      }
      return bytes
    },
  }
}

function isText(graph: HeapGraph, node: number): boolean {
  const kind = graph.nodeKind[node]
  return kind === NODE.string || kind === NODE['concatenated-string'] || kind === NODE['sliced-string']
}

function isLike(graph: HeapGraph, node: number, other: number): boolean {
  return other < graph.nodeCount && graph.nodeName[other] === graph.nodeName[node] && graph.nodeKind[other] === graph.nodeKind[node]
}
