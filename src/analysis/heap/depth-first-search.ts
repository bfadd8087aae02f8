import { Bitset } from '../../base/bitset.ts'
import { longer } from '../../base/longer.ts'
import { release } from '../../base/release.ts'
import type { Run } from '../../base/run.ts'
import { type HeapGraph, NONE, ROOT } from '../../model/heap-graph.ts'
import { findHubs, MAX_HUBS } from './hubs.ts'

const TURNS_PER_CHECKPOINT = 1 << 10

/** Numbers of nodes end here: hub 0, 1, … that has a number, and from `UNSEEN_HUB` on those that have none yet. */
const HUB = 0xffffff00
const UNSEEN_HUB = HUB + MAX_HUBS

/** Edges are noted on pages of so many; on short ones at first, so that turning a page is seen before the search is compiled. */
const PAGE = 1 << 18
const FIRST_PAGE = 1 << 10
const FIRST_PAGES = 4

/** What dominators are found from. */
export interface Search {
  /** How many nodes got a number; ROOT's is 0. */
  count: number
  /** By depth-first number: the node. */
  vertex: Uint32Array
  /** By depth-first number: number of the parent in the search tree. */
  parent: Uint32Array
  /** By depth-first number: the smallest ancestor with a direct edge. */
  semi: Uint32Array
  /** By depth-first number, two numbers side by side: its parent, and a bit for each hub that it leads to. */
  forest: Uint32Array
  /** Edges from later numbers, but those to hubs: those to `w` come from later[firstLater[w]] … later[firstLater[w + 1] − 1]. */
  firstLater: Uint32Array
  later: Uint32Array
  /** By hub: its number; NONE where it got none. */
  hubNumbers: Uint32Array
  unreachable: Bitset
}

/**
 * Numbers the nodes depth first along strong edges, and keeps what dominators are found from.
 *
 * Method: a node's edges are looked at together, when it gets its number. Those to nodes without a number wait on a
 *   stack; one whose node got a number meanwhile is a forward edge, from an ancestor, and lowers `semi`. Those to nodes
 *   with a number come from a later one: they are noted, and sorted by target in the end. Of those to hubs, which are
 *   half of all, only a bit is kept.
 * Cost: every edge once; 24 bytes a node, 8 a noted edge, 8 a waiting one.
 * @throws Cancelled
 */
export function searchDepthFirst(graph: HeapGraph, run: Run): Search {
  const { nodeCount, firstEdge, edgeTarget } = graph
  const strong = graph.edgeIsStrong.words
  const vertex = new Uint32Array(nodeCount)
  const hubs = findHubs(graph, vertex)
  const hubNumbers = new Uint32Array(hubs.length).fill(NONE)
  const numberOf = new Uint32Array(nodeCount + 1).fill(NONE) // one longer for what it becomes
  for (const [hub, node] of hubs.entries()) numberOf[node] = UNSEEN_HUB + hub
  const parent = new Uint32Array(nodeCount)
  const semi = new Uint32Array(nodeCount)
  const forest = new Uint32Array(2 * nodeCount)
  // Where edges to an earlier number lead, in the order of the numbers they come from.
  const notes: Uint32Array[] = []
  let page: Uint32Array = new Uint32Array(0)
  let used = 0
  let count = 0
  // Edges to nodes that had no number when they were seen: the number they come from, and the node.
  let stack = new Uint32Array(64)
  let height = 0

  const note = (w: number): void => {
    if (used === page.length) {
      notes.push((page = new Uint32Array(notes.length < FIRST_PAGES ? FIRST_PAGE : PAGE)))
      used = 0
    }
    page[used++] = w
  }
  /** Looks at all edges of `node`, which has just got its number `v`: no number is later. */
  const look = (node: number, v: number): void => {
    const first = firstEdge[node]!
    let noted = 0
    let hubBits = 0
    // From the last to the first, which is then on top of the stack.
    for (let edge = firstEdge[node + 1]! - 1; edge >= first; edge--) {
      if (((strong[edge >>> 5]! >>> (edge & 31)) & 1) === 0) continue
      const target = edgeTarget[edge]!
      const w = numberOf[target]!
      if (w < v) {
        note(w)
        noted++
      } else if (w === v) continue // to itself, which some runtimes' edges do
      else if (w < UNSEEN_HUB) hubBits |= 1 << (w - HUB)
      else {
        if (height === stack.length) {
          const full = stack
          stack = longer(full)
          release(full)
        }
        stack[height] = v
        stack[height + 1] = target
        height += 2
      }
    }
    forest[2 * v] = noted
    forest[2 * v + 1] = hubBits
  }
  /** Follows the edge from number `parentNumber` to `node`. */
  const follow = (parentNumber: number, node: number): void => {
    const known = numberOf[node]!
    if (known < UNSEEN_HUB) {
      const w = known < HUB ? known : hubNumbers[known - HUB]!
      if (parentNumber < semi[w]!) semi[w] = parentNumber
      return
    }
    const w = count++
    if (known === NONE) numberOf[node] = w
    else {
      numberOf[node] = known - MAX_HUBS
      hubNumbers[known - UNSEEN_HUB] = w
    }
    vertex[w] = node
    parent[w] = parentNumber
    semi[w] = parentNumber
    look(node, w)
  }
  const explore = (from: number): void => {
    follow(0, from)
    for (let turn = 0; height > 0; turn++) {
      if ((turn & (TURNS_PER_CHECKPOINT - 1)) === 0) run.checkpoint()
      height -= 2
      follow(stack[height]!, stack[height + 1]!)
    }
  }

  explore(ROOT)
  const unreachable = new Bitset(nodeCount)
  if (count < nodeCount) {
    for (let node = 0; node < nodeCount; node++) if (numberOf[node]! >= UNSEEN_HUB) unreachable.add(node)
    if (graph.orphansAreAlive === true) {
      const isHeld = new Bitset(nodeCount)
      for (let node = 0; node < nodeCount; node++) {
        if (!unreachable.has(node)) continue
        for (let edge = firstEdge[node]!; edge < firstEdge[node + 1]!; edge++) {
          if (((strong[edge >>> 5]! >>> (edge & 31)) & 1) === 1) isHeld.add(edgeTarget[edge]!)
        }
      }
      for (let node = 0; node < nodeCount; node++) if (numberOf[node]! >= UNSEEN_HUB && !isHeld.has(node)) explore(node)
      // What is left holds itself in circles: each by itself below the root, its edges left out of account.
      for (let node = 0; node < nodeCount; node++) if (numberOf[node]! >= UNSEEN_HUB) vertex[count++] = node
    }
  }
  release(stack)
  const firstLater = numberOf.fill(0)
  const later = byTarget(notes, used, firstLater, forest, count)
  for (let v = 0; v < count; v++) forest[2 * v] = parent[v]!
  return { count, vertex, parent, semi, forest, firstLater, later, hubNumbers, unreachable }
}

/**
 * The sources of noted edges, by target: a counting sort from the last to the first. `first` comes as zeros and ends as
 * places; `forest` has at 2v how many edges come from `v`.
 */
function byTarget(notes: Uint32Array[], usedOfLast: number, first: Uint32Array, forest: Uint32Array, count: number): Uint32Array {
  const tally = (page: Uint32Array, used: number): void => {
    for (let at = 0; at < used; at++) first[page[at]!]!++
  }
  for (const [number, page] of notes.entries()) tally(page, number === notes.length - 1 ? usedOfLast : page.length)
  let total = 0
  for (let w = 0; w < first.length; w++) first[w] = total += first[w]!
  const sources = new Uint32Array(total)
  let page = notes.pop()
  let at = usedOfLast
  const place = (v: number, edges: number): void => {
    for (let left = edges; left > 0; left--) {
      if (at === 0) {
        release(page!)
        page = notes.pop()!
        at = page.length
      }
      sources[--first[page![--at]!]!] = v
    }
  }
  for (let v = count - 1; v >= 0; v--) if (forest[2 * v] !== 0) place(v, forest[2 * v]!)
  if (page !== undefined) release(page)
  return sources
}
