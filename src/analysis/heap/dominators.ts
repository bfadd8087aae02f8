import { longer } from '../../base/longer.ts'
import { release } from '../../base/release.ts'
import type { Run } from '../../base/run.ts'
import type { DominatorTree } from '../../model/dominator-tree.ts'
import { type HeapGraph, NONE, type NumberColumn } from '../../model/heap-graph.ts'
import { type Search, searchDepthFirst } from './depth-first-search.ts'

const TURNS_PER_CHECKPOINT = 1 << 10

/**
 * Immediate dominator and retained size of every node.
 *
 * Method: semi-NCA (Georgiadis, Tarjan & Werneck 2006, "Finding dominators in practice"), exact; iterative, because
 *   heaps are deeper than the stack. Everything runs on depth-first numbers, so that parents, semidominators and
 *   immediate dominators are always smaller numbers, and most reads are of neighbors. Letters are the paper's.
 *   Edges to hubs are not collected: of those that come from a later number, the semidominator of the hub is the lowest
 *   one of all later vertices that have such an edge, or a descendant that has. A bit for each hub goes up the tree.
 * Cost: O(edges · log nodes), in practice linear; 24 bytes a node and 4 to 8 a collected edge while running.
 * Follows strong edges only. A node outside the tree retains only itself. Retained size is what would be freed if this
 *   node alone went away, not what a fix will free when several nodes share the memory.
 * @throws Cancelled
 */
export function findDominators(graph: HeapGraph, run: Run): DominatorTree {
  const { nodeCount } = graph
  run.progress({ step: 'finding dominators', done: 0, total: nodeCount })
  run.checkpoint()
  const search = searchDepthFirst(graph, run)
  const { vertex, parent, count } = search
  const idom = dominatorNumbers(search, run)
  // Where memory peaks: what the search is done with becomes what is kept, one half of `forest` the order, the other the sizes.
  const { forest, semi } = search
  const order = preorder(vertex, idom, count, semi, forest.subarray(nodeCount, nodeCount + count))
  run.checkpoint()
  const { retained, isWide } = addUp(graph, vertex, idom, count, semi)
  const immediateDominator = parent
  immediateDominator.fill(NONE)
  const retainedBytes: NumberColumn = isWide ? new Float64Array(nodeCount) : forest.subarray(0, nodeCount)
  retainedBytes.set(graph.shallowBytes)
  for (let w = 0; w < count; w++) {
    const node = vertex[w]!
    immediateDominator[node] = vertex[idom[w]!]!
    retainedBytes[node] = retained[w]!
  }
  release(vertex, idom, semi)
  return { immediateDominator, retainedBytes, order, unreachable: search.unreachable }
}

/** The immediate dominator of each depth-first number. */
function dominatorNumbers({ count, parent, semi, forest, firstLater, later, hubNumbers }: Search, run: Run): Uint32Array {
  const compress = compressor(forest)
  // The lowest semidominator on any way to a hub's holders, of the vertices so far; and which hubs are still to come.
  const lowestToHub = new Uint32Array(hubNumbers.length).fill(NONE)
  let hubsAhead = 0
  const hubs = Array.from(hubNumbers, (number, hub) => ({ number, hub })).filter(({ number }) => number !== NONE)
  for (const { hub } of hubs) hubsAhead |= 1 << hub
  const settle = (w: number): void => {
    let lowest = semi[w]!
    const end = firstLater[w + 1]!
    for (let at = firstLater[w]!; at < end; at++) {
      const v = later[at]!
      if (forest[2 * v]! > w) compress(v, w)
      const label = forest[2 * v + 1]!
      if (label < lowest) lowest = label
    }
    semi[w] = lowest
    let ledTo = forest[2 * w + 1]! & hubsAhead
    forest[2 * w + 1] = lowest
    if (ledTo === 0) return
    forest[2 * parent[w]! + 1]! |= ledTo
    for (; ledTo !== 0; ledTo &= ledTo - 1) {
      const hub = 31 - Math.clz32(ledTo & -ledTo)
      if (lowest < lowestToHub[hub]!) lowestToHub[hub] = lowest
    }
  }
  let w = count - 1
  const settleDownTo = (last: number): void => {
    for (; w >= last; w--) {
      if (w % TURNS_PER_CHECKPOINT === 0) run.checkpoint()
      settle(w)
    }
  }
  for (const { number, hub } of hubs.sort((a, b) => b.number - a.number)) {
    settleDownTo(number + 1)
    if (lowestToHub[hub]! < semi[number]!) semi[number] = lowestToHub[hub]!
    hubsAhead &= ~(1 << hub)
  }
  settleDownTo(1)
  // From the top: the closest ancestor in the tree so far that is not below the semidominator.
  release(later)
  const idom = firstLater
  idom[0] = 0
  for (let w = 1; w < count; w++) {
    const highest = semi[w]!
    let v = parent[w]!
    while (v > highest) v = idom[v]!
    idom[w] = v
  }
  return idom
}

/** Shortens the way from `v` upwards to the first vertex that is not above `w`, and labels what is on it. */
function compressor(forest: Uint32Array): (v: number, w: number) => void {
  let way = new Uint32Array(4096)
  return (v, w) => {
    let height = 0
    let u = v
    do {
      if (height === way.length) way = longer(way)
      way[height++] = u
      u = forest[2 * u]!
    } while (forest[2 * u]! > w)
    let best = forest[2 * u + 1]!
    const top = forest[2 * u]!
    while (height > 0) {
      u = way[--height]!
      if (forest[2 * u + 1]! < best) best = forest[2 * u + 1]!
      else forest[2 * u + 1] = best
      forest[2 * u] = top
    }
  }
}

/** Retained sizes by depth-first number, from the leaves up. `free` is memory to use, where sizes fit into 32 bits. */
function addUp(graph: HeapGraph, vertex: Uint32Array, idom: Uint32Array, count: number, free: Uint32Array): { retained: NumberColumn; isWide: boolean } {
  const { shallowBytes, nodeCount } = graph
  let total = 0
  for (let node = 0; node < nodeCount; node++) total += shallowBytes[node]!
  const isWide = total > 0xffffffff
  const retained: NumberColumn = isWide ? new Float64Array(count) : free
  for (let w = 0; w < count; w++) retained[w] = shallowBytes[vertex[w]!]!
  for (let w = count - 1; w > 0; w--) retained[idom[w]!]! += retained[w]!
  return { retained, isWide }
}

/** The tree's own preorder, put into `order`: a node stands behind its dominator and the trees of the siblings before it. */
function preorder(vertex: Uint32Array, idom: Uint32Array, count: number, size: Uint32Array, order: Uint32Array): Uint32Array {
  size.fill(1)
  for (let w = count - 1; w > 0; w--) size[idom[w]!]! += size[w]!
  // From sizes to places: `size` turns into the next free place below each node.
  order[0] = vertex[0]!
  size[0] = 1
  for (let w = 1; w < count; w++) {
    const place = size[idom[w]!]!
    size[idom[w]!] = place + size[w]!
    order[place] = vertex[w]!
    size[w] = place + 1
  }
  return order
}
