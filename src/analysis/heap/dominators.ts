import { Bitset } from '../../base/bitset.ts'
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
 *   Of the edges only those are kept that cross from a later to an earlier branch: tree edges are in `parent`, forward
 *   edges lower `semi` at once (their source is an ancestor), back edges say nothing.
 * Cost: O(edges · log nodes), in practice linear; 24 bytes a node and 8 a crossing edge while running.
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
  const { order, retained, isWide } = accumulate(graph, vertex, idom, count, run)
  // Back from depth-first numbers to nodes.
  const immediateDominator = parent // its numbers are done with
  immediateDominator.fill(NONE)
  const retainedBytes: NumberColumn = isWide ? Float64Array.from(graph.shallowBytes) : Uint32Array.from(graph.shallowBytes)
  for (let w = 0; w < count; w++) {
    const node = vertex[w]!
    immediateDominator[node] = vertex[idom[w]!]!
    retainedBytes[node] = retained[w]!
  }
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
  /** By depth-first number: its first crossing edge, a row of the two columns below; NONE behind the last. */
  head: Uint32Array
  crossingSource: Uint32Array
  crossingNext: Uint32Array
  /** A column that is free for the next step. */
  spare: Uint32Array
  unreachable: Bitset
}

function searchDepthFirst(graph: HeapGraph, run: Run): Search {
  const { nodeCount, edgeCount, firstEdge, edgeTarget } = graph
  const strong = graph.edgeIsStrong.words
  const numberOf = new Uint32Array(nodeCount).fill(NONE)
  const vertex = new Uint32Array(nodeCount)
  const parent = new Uint32Array(nodeCount)
  const semi = new Uint32Array(nodeCount)
  const head = new Uint32Array(nodeCount).fill(NONE)
  // Room for the most there can be; pages that are never written cost nothing.
  const most = Math.max(0, edgeCount - Math.min(nodeCount, edgeCount)) + 1024
  let crossingSource = new Uint32Array(most)
  let crossingNext = new Uint32Array(most)
  let crossings = 0
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
        if (w === NONE) {
          next = target
          break
        }
        if (w > v) {
          if (v < semi[w]!) semi[w] = v
        } else if (w > 0 && w !== v) {
          if (crossings === crossingSource.length) {
            crossingSource = longer(crossingSource)
            crossingNext = longer(crossingNext)
          }
          crossingSource[crossings] = v
          crossingNext[crossings] = head[w]!
          head[w] = crossings++
        }
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
      // What is left holds itself in circles: each by itself below the root, its edges left out of account.
      for (let node = 0; node < nodeCount; node++) {
        if (numberOf[node] !== NONE) continue
        numberOf[node] = count
        vertex[count++] = node
      }
    }
  }
  return { count, vertex, parent, semi, head, crossingSource, crossingNext, spare: numberOf, unreachable }
}

/** The immediate dominator of each depth-first number. */
function dominatorNumbers({ count, parent, semi, head, crossingSource, crossingNext, spare }: Search, run: Run): Uint32Array {
  // `ancestor` and `label` are the forest of the paper's link and eval: label[v] is the smallest semidominator on the
  // compressed way from v upwards. Numbers at or above `w` are linked when `w` is worked on.
  const ancestor = spare
  ancestor.set(parent)
  const label = new Uint32Array(semi.length)
  let way = new Uint32Array(4096)
  for (let w = count - 1; w > 0; w--) {
    if (w % TURNS_PER_CHECKPOINT === 0) run.checkpoint()
    let lowest = semi[w]!
    for (let crossing = head[w]!; crossing !== NONE; crossing = crossingNext[crossing]!) {
      const v = crossingSource[crossing]!
      if (ancestor[v]! > w) {
        let height = 0
        let u = v
        do {
          if (height === way.length) way = longer(way)
          way[height++] = u
          u = ancestor[u]!
        } while (ancestor[u]! > w)
        let best = label[u]!
        const top = ancestor[u]!
        while (height > 0) {
          u = way[--height]!
          if (label[u]! < best) best = label[u]!
          else label[u] = best
          ancestor[u] = top
        }
      }
      if (label[v]! < lowest) lowest = label[v]!
    }
    semi[w] = lowest
    label[w] = lowest
  }
  // From the top: the closest ancestor in the tree so far that is not below the semidominator.
  const idom = label
  idom[0] = 0
  for (let w = 1; w < count; w++) {
    let v = parent[w]!
    while (v > semi[w]!) v = idom[v]!
    idom[w] = v
  }
  return idom
}

interface Accumulated {
  order: Uint32Array
  /** By depth-first number. */
  retained: NumberColumn
  isWide: boolean
}

/** Retained sizes, from the leaves up, and the tree's own preorder, from the root down. */
function accumulate(graph: HeapGraph, vertex: Uint32Array, idom: Uint32Array, count: number, run: Run): Accumulated {
  const { shallowBytes, nodeCount } = graph
  let total = 0
  for (let node = 0; node < nodeCount; node++) total += shallowBytes[node]!
  const isWide = total > 0xffffffff
  const retained: NumberColumn = isWide ? new Float64Array(count) : new Uint32Array(count)
  for (let w = 0; w < count; w++) retained[w] = shallowBytes[vertex[w]!]!
  run.checkpoint()
  const size = new Uint32Array(count).fill(1)
  for (let w = count - 1; w > 0; w--) {
    retained[idom[w]!]! += retained[w]!
    size[idom[w]!]! += size[w]!
  }
  run.checkpoint()
  // From sizes to places: a node stands behind its dominator and the trees of the siblings before it.
  const order = new Uint32Array(count)
  order[0] = vertex[0]!
  size[0] = 1
  for (let w = 1; w < count; w++) {
    const place = size[idom[w]!]!
    size[idom[w]!] = place + size[w]!
    order[place] = vertex[w]!
    size[w] = place + 1
  }
  return { order, retained, isWide }
}

function longer(column: Uint32Array): Uint32Array<ArrayBuffer> {
  const copy = new Uint32Array(column.length * 2)
  copy.set(column)
  return copy
}
