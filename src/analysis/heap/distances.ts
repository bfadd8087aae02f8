import { Bitset } from '../../base/bitset.ts'
import { release } from '../../base/release.ts'
import { sortedPosition } from '../../base/sorted-position.ts'
import type { Run } from '../../base/run.ts'
import { EDGE, type HeapGraph, NODE, NONE, ROOT } from '../../model/heap-graph.ts'

/** Distances from here on mean: reached only through the runtime's own roots. */
export const SYSTEM_DISTANCE = 100_000_000

const NODES_PER_CHECKPOINT = 1 << 10

/** Sorting looks at a bit of every node: it pays for rings of more than this share of all nodes. */
const BIG_RING_SHARE = 512

/**
 * How far each node is from the root's children, which are at 1; NONE where no edge leads.
 *
 * Method: breadth first, by DevTools' rules, so that the numbers agree: first from the global objects and the
 *   documents' trees, then from the root itself, whose own distance is then SYSTEM_DISTANCE. Not followed: weak edges;
 *   the first-seen edge of a WeakMap entry (so a value is as far as the farther of key and table); the native
 *   context's `sloppy_function_map` and the descriptors inside `(map descriptors)`, which lead everywhere.
 *   The nodes of one distance are visited in the order of the file where they are many, so that edges are read in a row.
 * Cost: every edge once; 8 bytes and two bits a node, 4 bytes of them kept.
 * @throws Cancelled
 */
export function findDistances(graph: HeapGraph, run: Run): Uint32Array {
  const { nodeCount, nodeKind, nodeName, firstEdge, edgeTarget, edgeKind, edgeName, ephemerons } = graph
  run.progress({ step: 'measuring distances', done: 0, total: nodeCount })
  const names = graph.strings.numbersOf(['(Document DOM trees)', 'sloppy_function_map', 'system / NativeContext', '(map descriptors)'])
  const domTrees = names.get('(Document DOM trees)') ?? NONE
  const sloppyMap = names.get('sloppy_function_map') ?? NONE
  const nativeContext = names.get('system / NativeContext') ?? NONE
  const mapDescriptors = names.get('(map descriptors)') ?? NONE
  const pendingPairs = new Set<number>()
  const distances = new Uint32Array(nodeCount).fill(NONE)
  const queue = new Uint32Array(nodeCount)
  // A bit a node: most edges lead to nodes that have their distance, and bits stay close to the processor.
  const seen = new Bitset(nodeCount).words
  let queued = 0

  const isSkipped = (node: number, edge: number): boolean => {
    const kind = nodeKind[node]!
    if (kind === NODE.hidden && edgeName[edge] === sloppyMap && edgeKind[edge] !== EDGE.element && edgeKind[edge] !== EDGE.hidden && nodeName[node] === nativeContext) return true
    if (kind === NODE.array && nodeName[node] === mapDescriptors) {
      if (edgeKind[edge] !== EDGE.element && edgeKind[edge] !== EDGE.hidden) return descriptorIsSkipped(graph.strings.get(edgeName[edge]!))
      return edgeName[edge]! >= 2 && edgeName[edge]! % 3 === 1
    }
    if (ephemerons !== undefined && edgeKind[edge] === EDGE.internal) {
      const at = sortedPosition(ephemerons.edge, edge)
      if (at >= 0) {
        const pair = ephemerons.pair[at]!
        if (pendingPairs.delete(pair)) return false
        pendingPairs.add(pair)
        return true
      }
    }
    return false
  }

  const look = (node: number): void => {
    const end = firstEdge[node + 1]!
    const kind = nodeKind[node]!
    const mayBeSpecial = kind === NODE.hidden || kind === NODE.array
    for (let edge = firstEdge[node]!; edge < end; edge++) {
      const target = edgeTarget[edge]!
      const bit = 1 << (target & 31)
      if ((seen[target >>> 5]! & bit) !== 0 || edgeKind[edge] === EDGE.weak) continue
      if ((mayBeSpecial || edgeKind[edge] === EDGE.internal) && isSkipped(node, edge)) continue
      seen[target >>> 5]! |= bit
      queue[queued++] = target
    }
  }

  const isInRing = new Bitset(nodeCount)
  const spread = (start: number): void => {
    // Ring by ring: the nodes of one distance, from queue[from] on. A node gets its own when its turn comes, in the order of the file.
    for (let from = 0, to = queued, distance = start; from < to; from = to, to = queued, distance++) {
      if (to - from > nodeCount / BIG_RING_SHARE) sort(queue.subarray(from, to), isInRing)
      for (let at = from; at < to; at++) {
        if (at % NODES_PER_CHECKPOINT === 0) run.checkpoint()
        const node = queue[at]!
        distances[node] = distance
        look(node)
      }
    }
  }

  for (let edge = firstEdge[ROOT]!; edge < firstEdge[ROOT + 1]!; edge++) {
    const target = edgeTarget[edge]!
    const bit = 1 << (target & 31)
    if ((seen[target >>> 5]! & bit) !== 0 || (nodeKind[target] === NODE.synthetic && nodeName[target] !== domTrees)) continue
    seen[target >>> 5]! |= bit
    queue[queued++] = target
  }
  const hasUserRoots = queued > 0
  spread(1)
  seen[ROOT >>> 5]! |= 1 << (ROOT & 31)
  queue[0] = ROOT
  queued = 1
  spread(hasUserRoots ? SYSTEM_DISTANCE : 0)
  release(queue)
  return distances
}

/** Sorts different nodes; `bits` is empty before and after. */
function sort(nodes: Uint32Array, { words }: Bitset): void {
  for (const node of nodes) words[node >>> 5]! |= 1 << (node & 31)
  let at = 0
  for (let index = 0; index < words.length; index++) {
    let word = words[index]!
    if (word === 0) continue
    words[index] = 0
    for (; word !== 0; word &= word - 1) nodes[at++] = (index << 5) + 31 - Math.clz32(word & -word)
  }
}

/** As JavaScript's parseInt would have it, for descriptors whose edges have names. */
function descriptorIsSkipped(name: string): boolean {
  const index = Number.parseInt(name, 10)
  return !(index < 2 || index % 3 !== 1)
}
