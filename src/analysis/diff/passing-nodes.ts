import { Bitset } from '../../base/bitset.ts'
import { type HeapGraph, NODE } from '../../model/heap-graph.ts'

/**
 * The objects of one snapshot that are missing in the one before it or in the one after it: what was made or dropped
 * on the ladder, such as a copy of a list that is made anew now and then. What was there all the time is the better
 * name for a holder, and the same one in every snapshot.
 *
 * `lastIdBefore`: the highest id of the snapshot before; ids are given once and only upwards, so this says which
 *   objects it had. Infinity when there is none.
 * Native nodes, whose ids follow other rules, never pass.
 * Cost: sorts the next graph's ids; one binary search a node.
 */
export function findPassingNodes(graph: HeapGraph, { lastIdBefore, next }: { lastIdBefore: number; next: HeapGraph | undefined }): Bitset {
  const passing = new Bitset(graph.nodeCount)
  const nextIds = next?.nodeId.slice().sort()
  for (let node = 1; node < graph.nodeCount; node++) {
    const kind = graph.nodeKind[node]!
    if (kind === NODE.native || kind === NODE.synthetic) continue
    const id = graph.nodeId[node]!
    if (id > lastIdBefore || (nextIds !== undefined && !hasSorted(nextIds, id))) passing.add(node)
  }
  return passing
}

function hasSorted(sorted: HeapGraph['nodeId'], value: number): boolean {
  let from = 0
  let to = sorted.length
  while (from < to) {
    const middle = (from + to) >>> 1
    if (sorted[middle]! < value) from = middle + 1
    else to = middle
  }
  return sorted[from] === value
}
