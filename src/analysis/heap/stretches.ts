import type { Run } from '../../base/run.ts'
import type { DominatorTree } from '../../model/dominator-tree.ts'
import { NONE } from '../../model/heap-graph.ts'

/**
 * Where each node's own part of the dominator tree lies in the tree's preorder: all that `node` dominates stands in
 * order[place[node]] … order[place[node] + size[node] − 1]. With it, questions about the tree are answered at once.
 */
export interface Stretches {
  /** By node; NONE outside the tree. */
  readonly place: Uint32Array
  /** By node, itself included; 0 outside the tree. */
  readonly size: Uint32Array
}

/** Cost: two passes over the tree; 8 bytes a node, kept. @throws Cancelled */
export function findStretches({ order, immediateDominator }: DominatorTree, run: Run): Stretches {
  const place = new Uint32Array(immediateDominator.length).fill(NONE)
  const size = new Uint32Array(immediateDominator.length)
  for (let at = order.length - 1; at >= 0; at--) {
    if ((at & 0xffff) === 0) run.checkpoint()
    const node = order[at]!
    place[node] = at
    size[node]!++
    if (at > 0) size[immediateDominator[node]!]! += size[node]!
  }
  return { place, size }
}

/** Whether all ways from the root to `node` pass `above`; a node dominates itself. */
export function dominates({ place, size }: Stretches, above: number, node: number): boolean {
  const offset = place[node]! - place[above]!
  return place[node] !== NONE && place[above] !== NONE && offset >= 0 && offset < size[above]!
}

/** The nodes that `node` dominates immediately. Cost: one step a child, whatever hangs below them. */
export function* dominatedBy({ order }: DominatorTree, { place, size }: Stretches, node: number): Generator<number> {
  const end = place[node]! + size[node]!
  for (let at = place[node]! + 1; at < end; ) {
    const child = order[at]!
    yield child
    at += size[child]!
  }
}
