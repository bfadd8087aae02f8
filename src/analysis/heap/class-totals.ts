import type { Run } from '../../base/run.ts'
import { Bitset } from '../../base/bitset.ts'
import { longer } from '../../base/longer.ts'
import type { ClassTotal } from '../../model/class-totals.ts'
import type { DominatorTree } from '../../model/dominator-tree.ts'
import { type HeapGraph, NONE, type NumberColumn, placeLocation } from '../../model/heap-graph.ts'
import type { Classes } from './classes.ts'

/** What the totals are made of; a `HeapIndex` has it all. */
export interface ClassTotalInputs {
  readonly graph: HeapGraph
  classes(): Classes
  ownedBytes(): NumberColumn
  distances(): Uint32Array
  dominators(): DominatorTree
}

/**
 * Count, shallow and retained size of every class, the biggest retained first.
 *
 * Method: one walk down the dominator tree for what classes retain: an instance counts where no other instance of its
 *   class dominates it. Nodes of zero bytes are left out, as DevTools does: they are the runtime's, or their bytes
 *   stand with their owner.
 * Cost: one pass over the tree's preorder with a stack as deep as the tree; a few numbers a class.
 * @throws Cancelled
 */
export function totalByClass(index: ClassTotalInputs, run: Run): ClassTotal[] {
  const { graph } = index
  const { nodeCount } = graph
  // First of all, since finding dominators takes the most memory: what the others keep comes when that is free again.
  const { immediateDominator, retainedBytes, order } = index.dominators()
  const { classOfNode, name, place } = index.classes()
  const bytes = index.ownedBytes()
  const distances = index.distances()
  run.progress({ step: 'totalling classes', done: 0, total: nodeCount })
  const count = new Float64Array(name.length)
  const shallow = new Float64Array(name.length)
  const retained = new Float64Array(name.length)
  const distance = new Uint32Array(name.length).fill(NONE)
  const example = new Uint32Array(name.length).fill(NONE)
  for (let node = 0; node < nodeCount; node++) {
    if ((node & 0x3ff) === 0) run.checkpoint()
    if (bytes[node] === 0) continue
    const its = classOfNode[node]!
    count[its]!++
    shallow[its]! += bytes[node]!
    if (distances[node]! < distance[its]!) distance[its] = distances[node]!
    if (example[its] === NONE) example[its] = node
  }
  // The way from the root to the node at hand; a class is open while an instance of it stands on that way.
  const isOpen = new Bitset(name.length)
  let way = new Uint32Array(4096)
  let opened = new Uint32Array(4096) // by place on the way: the class that was opened there, NONE where none was
  let height = 0
  for (let at = 0; at < order.length; at++) {
    if ((at & 0x3ff) === 0) run.checkpoint()
    const node = order[at]!
    const dominator = immediateDominator[node]!
    while (height > 0 && way[height - 1] !== dominator) {
      height--
      if (opened[height] !== NONE) isOpen.remove(opened[height]!)
    }
    const its = classOfNode[node]!
    const opens = bytes[node] !== 0 && !isOpen.has(its)
    if (opens) {
      retained[its]! += retainedBytes[node]!
      isOpen.add(its)
    }
    if (height === way.length) {
      way = longer(way)
      opened = longer(opened)
    }
    way[height] = node
    opened[height] = opens ? its : NONE
    height++
  }
  const totals: ClassTotal[] = []
  for (const [its, className] of name.entries()) {
    if (count[its] === 0) continue
    totals.push({
      className,
      count: count[its]!,
      distance: distance[its] === NONE ? undefined : distance[its]!,
      shallowBytes: shallow[its]!,
      retainedBytes: retained[its]!,
      location: placeLocation(graph, place[its]!),
      exampleNode: example[its]!,
    })
  }
  return totals.sort((a, b) => b.retainedBytes - a.retainedBytes || b.shallowBytes - a.shallowBytes || (a.className < b.className ? -1 : 1))
}
