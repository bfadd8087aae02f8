import { release } from '../../base/release.ts'
import { Bitset } from '../../base/bitset.ts'
import { longer } from '../../base/longer.ts'
import type { Run } from '../../base/run.ts'
import { EDGE, type HeapGraph, NODE, NONE, type NumberColumn } from '../../model/heap-graph.ts'

const MANY = 0xfffffffe

/**
 * Shallow sizes as totals by class count them: the bytes of a runtime-internal node that one node alone owns (the
 * backing store of an array, the table of a map) stand with that owner, and the node itself counts nothing.
 *
 * Method: DevTools' (`calculateShallowSizes`): owners spread over edges that are not weak, through internal nodes
 *   only; a node that two owners reach has many. The root and groups of roots own nothing. The order of the walk does
 *   not matter: an owner only ever goes from none to one to many.
 * Cost: each edge of an internal node at most twice, every other once; most end at a bit of their target. 8 bytes and
 *   a bit a node, 4 of the bytes kept.
 * @throws Cancelled
 */
export function findOwnedBytes(graph: HeapGraph, run: Run): NumberColumn {
  if (graph.internalsBelongToOwner !== true) return graph.shallowBytes
  const { nodeCount, nodeKind, nodeName, firstEdge, edgeTarget, edgeKind, shallowBytes } = graph
  run.progress({ step: 'giving internals to their owners', done: 0, total: nodeCount })
  const externalString = graph.strings.numbersOf(['system / ExternalStringData']).get('system / ExternalStringData') ?? NONE
  const internal = new Bitset(nodeCount).words
  for (let node = 0; node < nodeCount; node++) {
    const kind = nodeKind[node]!
    if (kind === NODE.hidden || kind === NODE.array || (kind === NODE.native && nodeName[node] === externalString)) internal[node >>> 5]! |= 1 << (node & 31)
  }
  const owner = new Uint32Array(nodeCount).fill(NONE)
  let reached = new Uint32Array(1024)
  let height = 0
  /** Gives the internal nodes that `node` leads to the owner `own`. */
  const give = (node: number, own: number): void => {
    const end = firstEdge[node + 1]!
    for (let edge = firstEdge[node]!; edge < end; edge++) {
      const target = edgeTarget[edge]!
      if (((internal[target >>> 5]! >>> (target & 31)) & 1) === 0) continue
      const known = owner[target]!
      if (known === own || known === MANY || edgeKind[edge] === EDGE.weak) continue
      owner[target] = known === NONE ? own : MANY
      if (height === reached.length) reached = longer(reached)
      reached[height++] = target
    }
  }
  const giveOn = (): void => {
    while (height > 0) {
      const node = reached[--height]!
      give(node, owner[node]!)
    }
  }
  for (let start = 0; start < nodeCount; start++) {
    if ((start & 0x3ff) === 0) run.checkpoint()
    if (((internal[start >>> 5]! >>> (start & 31)) & 1) === 1) continue
    give(start, start)
    if (height > 0) giveOn()
  }
  const bytes = shallowBytes.slice()
  for (let node = 0; node < nodeCount; node++) {
    const its = owner[node]!
    if (its >= MANY || nodeKind[its] === NODE.synthetic) continue
    bytes[its]! += shallowBytes[node]!
    bytes[node]! -= shallowBytes[node]!
  }
  release(owner)
  return bytes
}
