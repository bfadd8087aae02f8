import type { HeapIndex } from '../heap/heap-index.ts'
import { dominatedBy } from '../heap/stretches.ts'
import { NONE, ROOT } from '../../model/heap-graph.ts'

/** What keeps less of the heap is no place of its own. */
const LEAST_SHARE = 0.1
/** So many nodes of one class, each holding the next: a linked list, which is named at its head. */
const LINKS = 6
const DEEPEST = 10_000

/**
 * Where the bytes below `top` come together: the nodes that keep at least a tenth of the heap of which no single one
 * that they dominate keeps as much, or which keep another tenth beside those. One object at the top of a program
 * (a server, an application context) may hold several such places. A linked list is one place: what holds its head.
 * Cost: the nodes immediately below each node on the way.
 */
export function gatheringPoints(index: HeapIndex, top: number): number[] {
  const { graph } = index
  const tree = index.dominators()
  const stretches = index.stretches()
  const { retainedBytes } = tree
  const least = LEAST_SHARE * retainedBytes[ROOT]!
  const points: number[] = []
  const open = [{ node: top, links: 0, head: top }]
  for (let turn = 0; open.length > 0 && turn < DEEPEST; turn++) {
    const { node, links, head } = open.pop()!
    if (links >= LINKS) {
      if (!points.includes(head)) points.push(head)
      continue
    }
    let rest = retainedBytes[node]!
    let bigOnes = 0
    for (const child of dominatedBy(tree, stretches, node)) {
      if (retainedBytes[child]! < least) continue
      bigOnes++
      rest -= retainedBytes[child]!
      const isLink = graph.nodeName[child] === graph.nodeName[node] && graph.nodeKind[child] === graph.nodeKind[node]
      const above = tree.immediateDominator[node]!
      open.push({ node: child, links: isLink ? links + 1 : 0, head: isLink ? (links === 0 ? (above === NONE ? node : above) : head) : child })
    }
    if (rest >= least || bigOnes === 0) points.push(node)
  }
  return points.toSorted((a, b) => retainedBytes[b]! - retainedBytes[a]!)
}
