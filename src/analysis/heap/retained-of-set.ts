import { Bitset } from '../../base/bitset.ts'
import type { Run } from '../../base/run.ts'
import type { DominatorTree } from '../../model/dominator-tree.ts'
import { type HeapGraph, NONE, ROOT } from '../../model/heap-graph.ts'
import type { Retainers } from './retainers.ts'
import { dominates, type Stretches } from './stretches.ts'

/** What these questions are answered from; a `HeapIndex` has it all. */
export interface RetainedInputs {
  readonly graph: HeapGraph
  dominators(): DominatorTree
  retainers(): Retainers
  stretches(): Stretches
}

/** What would go away, and how much of it there is. */
export interface Freed {
  bytes: number
  count: number
}

/**
 * What would be freed if all of these nodes went away together: a class, a selection, the suspects of a finding. Never
 * less than any of them retains alone, and more than their sum where they hold something only together.
 *
 * Method: what is reachable with them, less what is reachable without.
 * Cost: one walk over the graph; two bits and a stack entry a node.
 * @throws Cancelled
 */
export function retainedOfSet(index: RetainedInputs, nodes: Iterable<number>, run: Run): Freed {
  const removed = new Bitset(index.graph.nodeCount)
  let only = NONE
  let count = 0
  for (const node of nodes) {
    if (!removed.has(node)) count++
    removed.add(node)
    only = node
  }
  if (count === 0) return { bytes: 0, count: 0 }
  if (count === 1) return subtree(index, only)
  return lostWithout(index, run, { removed })
}

/**
 * What would be freed if these references were cut and their nodes stayed: what a fix that clears a field or deletes
 * an entry gives back.
 *
 * Method: for one edge by the dominator tree: nothing, when its target is held from elsewhere too, otherwise all that
 *   the target dominates. For several, what is reachable with them less what is reachable without.
 * Cost: for one edge the target's retainers; for several one walk over the graph.
 * @throws Cancelled
 */
export function freedByCut(index: RetainedInputs, edges: readonly number[], run: Run): Freed {
  const { graph } = index
  const strong = edges.filter((edge) => graph.edgeIsStrong.has(edge))
  if (strong.length === 0) return { bytes: 0, count: 0 }
  if (strong.length === 1) return freedByOneCut(index, strong[0]!)
  const cut = new Bitset(graph.edgeCount)
  for (const edge of strong) cut.add(edge)
  return lostWithout(index, run, { cut })
}

/** How much of the heap no chain of strong edges leads to: garbage, or what only weak edges hold. Shown apart. */
export function unreachablePart(index: RetainedInputs): Freed {
  const { unreachable } = index.dominators()
  let bytes = 0
  let count = 0
  for (let node = 0; node < index.graph.nodeCount; node++) {
    if (!unreachable.has(node)) continue
    bytes += index.graph.shallowBytes[node]!
    count++
  }
  return { bytes, count }
}

function freedByOneCut(index: RetainedInputs, edge: number): Freed {
  const { graph } = index
  const { immediateDominator } = index.dominators()
  const target = graph.edgeTarget[edge]!
  if (target === ROOT || immediateDominator[target] === NONE) return { bytes: 0, count: 0 }
  const { firstRetainer, retainer } = index.retainers()
  let isCutOneAhead = true
  for (let at = firstRetainer[target]!; at < firstRetainer[target + 1]!; at++) {
    const source = retainer[at]!
    // The edge itself stands among the retainers once; a second one from the same node still holds the target.
    if (isCutOneAhead && sourceOf(graph, edge) === source) {
      isCutOneAhead = false
      continue
    }
    if (immediateDominator[source] !== NONE && !dominates(index.stretches(), target, source)) return { bytes: 0, count: 0 }
  }
  return subtree(index, target)
}

/** The node an edge leaves. Cost: a binary search. */
function sourceOf({ firstEdge, nodeCount }: HeapGraph, edge: number): number {
  let low = 0
  let high = nodeCount
  while (low < high) {
    const middle = (low + high) >>> 1
    if (firstEdge[middle + 1]! <= edge) low = middle + 1
    else high = middle
  }
  return low
}

/** What one node retains. */
function subtree(index: RetainedInputs, top: number): Freed {
  return { bytes: index.dominators().retainedBytes[top]!, count: Math.max(1, index.stretches().size[top]!) }
}

function lostWithout(index: RetainedInputs, run: Run, { removed, cut }: { removed?: Bitset; cut?: Bitset }): Freed {
  const { graph } = index
  const { nodeCount, firstEdge, edgeTarget, edgeIsStrong, shallowBytes } = graph
  const { immediateDominator, unreachable, order } = index.dominators()
  run.progress({ step: 'walking what would be left', done: 0, total: nodeCount })
  const left = new Bitset(nodeCount)
  const stack: number[] = []
  const reach = (node: number): void => {
    if (left.has(node) || removed?.has(node) === true) return
    left.add(node)
    stack.push(node)
  }
  reach(ROOT)
  if (unreachable.count() > 0) {
    // Orphans that are taken as alive stand below the root by themselves.
    for (let node = 1; node < nodeCount; node++) if (unreachable.has(node) && immediateDominator[node] === ROOT) reach(node)
  }
  let turns = 0
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if ((++turns & 0xffff) === 0) run.checkpoint()
    for (let edge = firstEdge[node]!; edge < firstEdge[node + 1]!; edge++) {
      if (edgeIsStrong.has(edge) && cut?.has(edge) !== true) reach(edgeTarget[edge]!)
    }
  }
  let bytes = 0
  let count = 0
  for (const node of order) {
    if (left.has(node)) continue
    bytes += shallowBytes[node]!
    count++
  }
  // Nodes outside the tree retain themselves.
  if (removed !== undefined) {
    for (let node = 0; node < nodeCount; node++) {
      if (!removed.has(node) || immediateDominator[node] !== NONE) continue
      bytes += shallowBytes[node]!
      count++
    }
  }
  return { bytes, count }
}
