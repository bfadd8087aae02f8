import { Bitset } from '../../base/bitset.ts'
import { release } from '../../base/release.ts'
import type { Run } from '../../base/run.ts'
import type { DominatorTree } from '../../model/dominator-tree.ts'
import { type HeapGraph, NONE, type NumberColumn, ROOT } from '../../model/heap-graph.ts'

const TURNS_PER_CHECKPOINT = 1 << 16

/**
 * Immediate dominator and retained size of every node.
 *
 * Method: semi-NCA (Georgiadis, Tarjan & Werneck 2006, "Finding dominators in practice"), exact; iterative, because
 *   heaps are deeper than the stack. Everything runs on depth-first numbers, so that parents, semidominators and
 *   immediate dominators are always smaller numbers, and most reads are of neighbors. Letters are the paper's.
 *   Tree edges are in `parent`; forward edges lower `semi` at once, since their source is an ancestor; only edges that
 *   lead from a later number to an earlier one are collected, by target.
 * Cost: O(edges · log nodes), in practice linear; 28 bytes a node and 4 a collected edge while running.
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
  const { idom, forest } = dominatorNumbers(search, run)
  release(search.later)
  // From here on the search's columns are done with, and their memory is used again: this is where it peaks.
  const { retained, isWide } = addUp(graph, vertex, idom, count, forest)
  run.checkpoint()
  const order = preorder(vertex, idom, count, search.semi, search.firstLater)
  const immediateDominator = parent
  immediateDominator.fill(NONE)
  const retainedBytes: NumberColumn = isWide ? new Float64Array(nodeCount) : new Uint32Array(nodeCount)
  retainedBytes.set(graph.shallowBytes)
  for (let w = 0; w < count; w++) {
    const node = vertex[w]!
    immediateDominator[node] = vertex[idom[w]!]!
    retainedBytes[node] = retained[w]!
  }
  release(vertex, idom, forest, search.semi)
  return { immediateDominator, retainedBytes, order, unreachable: search.unreachable }
}

interface Search {
  /** How many nodes got a number; ROOT's is 0. */
  count: number
  /** By depth-first number: the node. */
  vertex: Uint32Array
  /** By depth-first number: number of the parent in the search tree. */
  parent: Uint32Array
  /** By depth-first number: the smallest ancestor with a direct edge. */
  semi: Uint32Array
  /** Edges from later numbers: those to `w` come from later[firstLater[w]] … later[firstLater[w + 1] − 1]. */
  firstLater: Uint32Array
  later: Uint32Array
  /** A column that is free for the next step. */
  spare: Uint32Array
  unreachable: Bitset
}

function searchDepthFirst(graph: HeapGraph, run: Run): Search {
  const { nodeCount, firstEdge, edgeTarget } = graph
  const strong = graph.edgeIsStrong.words
  const numberOf = new Uint32Array(nodeCount).fill(NONE)
  const vertex = new Uint32Array(nodeCount)
  const parent = new Uint32Array(nodeCount)
  const semi = new Uint32Array(nodeCount)
  const firstLater = new Uint32Array(nodeCount + 1)
  let count = 0
  // The nodes on the way down, and for each the edge to look at next.
  let stackNumber = new Uint32Array(4096)
  let stackEdge = new Uint32Array(4096)

  const explore = (from: number): void => {
    let height = 0
    let v = count++
    numberOf[from] = v
    vertex[v] = from
    parent[v] = 0
    semi[v] = 0
    let edge = firstEdge[from]!
    let end = firstEdge[from + 1]!
    for (;;) {
      let next = NONE
      for (; edge < end; edge++) {
        if (((strong[edge >>> 5]! >>> (edge & 31)) & 1) === 0) continue
        const target = edgeTarget[edge]!
        const w = numberOf[target]!
        if (w < v) firstLater[w]!++
        else if (w === NONE) {
          next = target
          break
        } else if (v < semi[w]!) semi[w] = v
      }
      if (next === NONE) {
        if (height === 0) return
        height--
        v = stackNumber[height]!
        edge = stackEdge[height]!
        end = firstEdge[vertex[v]! + 1]!
        continue
      }
      if (height === stackNumber.length) {
        stackNumber = longer(stackNumber)
        stackEdge = longer(stackEdge)
      }
      stackNumber[height] = v
      stackEdge[height] = edge + 1
      height++
      const w = count++
      if (w % TURNS_PER_CHECKPOINT === 0) run.checkpoint()
      numberOf[next] = w
      vertex[w] = next
      parent[w] = v
      semi[w] = v
      v = w
      edge = firstEdge[next]!
      end = firstEdge[next + 1]!
    }
  }

  explore(ROOT)
  const unreachable = new Bitset(nodeCount)
  if (count < nodeCount) {
    for (let node = 0; node < nodeCount; node++) if (numberOf[node] === NONE) unreachable.add(node)
    if (graph.orphansAreAlive === true) {
      const isHeld = new Bitset(nodeCount)
      for (let node = 0; node < nodeCount; node++) {
        if (!unreachable.has(node)) continue
        for (let edge = firstEdge[node]!; edge < firstEdge[node + 1]!; edge++) {
          if (((strong[edge >>> 5]! >>> (edge & 31)) & 1) === 1) isHeld.add(edgeTarget[edge]!)
        }
      }
      for (let node = 0; node < nodeCount; node++) if (numberOf[node] === NONE && !isHeld.has(node)) explore(node)
    }
  }
  const later = collectLater(graph, numberOf, firstLater, run)
  if (graph.orphansAreAlive === true) {
    // What is left holds itself in circles: each by itself below the root, its edges left out of account.
    for (let node = 0; node < nodeCount; node++) if (numberOf[node] === NONE) vertex[count++] = node
  }
  return { count, vertex, parent, semi, firstLater, later, spare: numberOf, unreachable }
}

/** The sources of all edges from a later number to an earlier one, by target. `firstLater` comes as counts, and ends as places. */
function collectLater(graph: HeapGraph, numberOf: Uint32Array, firstLater: Uint32Array, run: Run): Uint32Array {
  const { nodeCount, firstEdge, edgeTarget } = graph
  const strong = graph.edgeIsStrong.words
  firstLater[0] = 0 // nothing dominates the root
  let total = 0
  for (let w = 0; w < firstLater.length; w++) firstLater[w] = total += firstLater[w]!
  const later = new Uint32Array(total)
  // Each entry is the end of its part by now; filling from the back moves it to the beginning. In the order of the
  // nodes, not of their numbers: which of a target's sources comes first does not matter, and edges are read in a row.
  for (let node = 0; node < nodeCount; node++) {
    if (node % TURNS_PER_CHECKPOINT === 0) run.checkpoint()
    const v = numberOf[node]!
    if (v === NONE) continue
    const end = firstEdge[node + 1]!
    for (let edge = firstEdge[node]!; edge < end; edge++) {
      if (((strong[edge >>> 5]! >>> (edge & 31)) & 1) === 0) continue
      const w = numberOf[edgeTarget[edge]!]!
      if (w < v && w > 0) later[--firstLater[w]!] = v
    }
  }
  return later
}

/** The immediate dominator of each depth-first number. */
function dominatorNumbers({ count, parent, semi, firstLater, later, spare }: Search, run: Run): { idom: Uint32Array; forest: Uint32Array } {
  // The forest of the paper's link and eval, two numbers a vertex side by side, since they are read together:
  // ancestor[v] at 2v, and at 2v + 1 label[v], the smallest semidominator on the compressed way from v upwards.
  // Numbers above `w` are linked when `w` is worked on.
  const forest = new Uint32Array(2 * count)
  for (let v = 0; v < count; v++) forest[2 * v] = parent[v]!
  let way = new Uint32Array(4096)
  for (let w = count - 1; w > 0; w--) {
    if (w % TURNS_PER_CHECKPOINT === 0) run.checkpoint()
    let lowest = semi[w]!
    const end = firstLater[w + 1]!
    for (let at = firstLater[w]!; at < end; at++) {
      const v = later[at]!
      if (forest[2 * v]! > w) {
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
      const label = forest[2 * v + 1]!
      if (label < lowest) lowest = label
    }
    semi[w] = lowest
    forest[2 * w + 1] = lowest
  }
  // From the top: the closest ancestor in the tree so far that is not below the semidominator.
  const idom = spare
  idom[0] = 0
  for (let w = 1; w < count; w++) {
    let v = parent[w]!
    while (v > semi[w]!) v = idom[v]!
    idom[w] = v
  }
  return { idom, forest }
}

/** Retained sizes by depth-first number, from the leaves up. `free` is memory to use: two numbers a vertex. */
function addUp(graph: HeapGraph, vertex: Uint32Array, idom: Uint32Array, count: number, free: Uint32Array): { retained: NumberColumn; isWide: boolean } {
  const { shallowBytes, nodeCount } = graph
  let total = 0
  for (let node = 0; node < nodeCount; node++) total += shallowBytes[node]!
  const isWide = total > 0xffffffff
  const retained: NumberColumn = isWide ? new Float64Array(free.buffer, 0, count) : new Uint32Array(free.buffer, 0, count)
  for (let w = 0; w < count; w++) retained[w] = shallowBytes[vertex[w]!]!
  for (let w = count - 1; w > 0; w--) retained[idom[w]!]! += retained[w]!
  return { retained, isWide }
}

/** The tree's own preorder: a node stands behind its dominator and the trees of the siblings before it. */
function preorder(vertex: Uint32Array, idom: Uint32Array, count: number, size: Uint32Array, result: Uint32Array): Uint32Array {
  size.fill(1)
  for (let w = count - 1; w > 0; w--) size[idom[w]!]! += size[w]!
  // From sizes to places: `size` turns into the next free place below each node.
  const order = result.subarray(0, count)
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

function longer(column: Uint32Array): Uint32Array<ArrayBuffer> {
  const copy = new Uint32Array(column.length * 2)
  copy.set(column)
  return copy
}
