import { release } from '../../base/release.ts'
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
 * Cost: each edge of an internal node at most twice, every other once; 8 bytes a node, 4 of them kept.
 * @throws Cancelled
 */
export function findOwnedBytes(graph: HeapGraph, run: Run): NumberColumn {
  if (graph.internalsBelongToOwner !== true) return graph.shallowBytes
  const { nodeCount, nodeKind, nodeName, firstEdge, edgeTarget, edgeKind, shallowBytes } = graph
  run.progress({ step: 'giving internals to their owners', done: 0, total: nodeCount })
  const externalString = graph.strings.numbersOf(['system / ExternalStringData']).get('system / ExternalStringData') ?? NONE
  const owner = new Uint32Array(nodeCount)
  for (let node = 0; node < nodeCount; node++) {
    const kind = nodeKind[node]!
    const isInternal = kind === NODE.hidden || kind === NODE.array || (kind === NODE.native && nodeName[node] === externalString)
    owner[node] = isInternal ? NONE : node
  }
  const stack: number[] = []
  for (let start = 0; start < nodeCount; start++) {
    if ((start & 0xffff) === 0) run.checkpoint()
    if (owner[start] !== start) continue
    for (let node: number | undefined = start; node !== undefined; node = stack.pop()) {
      const own = owner[node]!
      const end = firstEdge[node + 1]!
      for (let edge = firstEdge[node]!; edge < end; edge++) {
        const target = edgeTarget[edge]!
        const known = owner[target]!
        if (known === target || known === own || known === MANY || edgeKind[edge] === EDGE.weak) continue
        owner[target] = known === NONE ? own : MANY
        stack.push(target)
      }
    }
  }
  const bytes = shallowBytes.slice()
  for (let node = 0; node < nodeCount; node++) {
    const own = owner[node]!
    if (own === NONE || own === MANY || own === node || nodeKind[own] === NODE.synthetic) continue
    bytes[own]! += shallowBytes[node]!
    bytes[node]! -= shallowBytes[node]!
  }
  release(owner)
  return bytes
}
