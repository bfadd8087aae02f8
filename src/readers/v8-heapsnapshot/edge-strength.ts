import { sortedPosition } from '../../base/sorted-position.ts'
import { longer } from '../../base/longer.ts'
import { Bitset } from '../../base/bitset.ts'
import { EDGE, type Ephemerons, type HeapGraph, NODE, ROOT } from '../../model/heap-graph.ts'
import type { StringTable } from '../../model/string-table.ts'

/** What this file needs of a graph that is not whole yet. */
export type Edges = Pick<HeapGraph, 'nodeCount' | 'nodeKind' | 'nodeName' | 'nodeId' | 'edgeCount' | 'firstEdge' | 'edgeTarget' | 'edgeKind' | 'edgeName'>

/** String numbers that name the two edges of a WeakMap entry, sorted; `pair` is equal for the two of one entry. */
export interface EphemeronNames {
  name: Uint32Array
  pair: Uint32Array
  tableId: Float64Array
}

// As V8 writes it: `12 / part of key (Object @7) -> value (Object @9) pair in WeakMap (table @5)`.
const EPHEMERON = /^\d+( \/ part of key \(.*? @\d+\) -> value \(.*? @\d+\) pair in WeakMap \(table @(\d+)\))$/s

/** Of the strings that may name WeakMap entries, those that do. Cost: decodes the candidates. */
export function ephemeronNames(candidates: readonly number[], strings: StringTable): EphemeronNames {
  const found: { name: number; pair: number; tableId: number }[] = []
  const pairs = new Map<string, number>()
  for (const name of candidates) {
    const match = EPHEMERON.exec(strings.get(name))
    if (match === null) continue
    let pair = pairs.get(match[1]!)
    if (pair === undefined) pairs.set(match[1]!, (pair = pairs.size))
    found.push({ name, pair, tableId: Number(match[2]) })
  }
  return {
    name: Uint32Array.from(found, ({ name }) => name),
    pair: Uint32Array.from(found, ({ pair }) => pair),
    tableId: Float64Array.from(found, ({ tableId }) => tableId),
  }
}

/**
 * Which edges keep their target alive.
 *
 * Method: DevTools' rules (`HeapSnapshot.computeIsEssentialEdge`), so that retained sizes agree with what people see
 *   there: not weak; not from a node to itself; not a shortcut, except from the root; of a WeakMap entry, which the
 *   file shows as one edge from the table and one from the key, only the key's; and not from a node the page does not
 *   own to one it owns, which leaves out what debuggers and the runtime hold besides the program.
 *   What the page (in Node: the program) owns is everything reachable over edges that are not weak from the root's shortcuts
 *   to global objects and from the documents' trees. One sweep over the nodes in the order of the file finds it, so that
 *   edges are read in a row: what an edge leads to ahead of the sweep waits for it; what it leads to behind goes on a
 *   stack and is followed at once. Edges are weighed as they are followed; those of all other nodes in the end, when it
 *   is known what is owned.
 * Cost: every edge once; a bit a node, a bit an edge, a stack.
 */
export function findStrongEdges(graph: Edges, names: EphemeronNames, domTreesName: number, strong: Bitset): Ephemerons | undefined {
  const { nodeCount, nodeKind, nodeName, nodeId, firstEdge, edgeTarget, edgeKind, edgeName } = graph
  const owned = new Bitset(nodeCount).words
  const strongWords = strong.words
  const ephemerons: { edge: number; pair: number }[] = []
  const hasEphemerons = names.name.length > 0
  const lowest = hasEphemerons ? names.name[0]! : 1
  const highest = hasEphemerons ? names.name.at(-1)! : 0
  /** Keeps the edge of a WeakMap entry in mind; says whether this is the one from the table. */
  const isFromTable = (node: number, edge: number): boolean => {
    const at = sortedPosition(names.name, edgeName[edge]!)
    if (at < 0) return false
    ephemerons.push({ edge, pair: names.pair[at]! })
    return nodeId[node] === names.tableId[at]
  }
  let behind = new Uint32Array(1024)
  let height = 0
  /** Weighs the edges of a node that is owned, and makes what they lead to owned. */
  const follow = (node: number, swept: number): void => {
    const end = firstEdge[node + 1]!
    for (let edge = firstEdge[node]!; edge < end; edge++) {
      const kind = edgeKind[edge]!
      if (kind === EDGE.weak) continue
      const target = edgeTarget[edge]!
      const bit = 1 << (target & 31)
      if ((owned[target >>> 5]! & bit) === 0) {
        owned[target >>> 5]! |= bit
        if (target < swept) {
          if (height === behind.length) behind = longer(behind)
          behind[height++] = target
        }
      }
      if (kind === EDGE.internal && edgeName[edge]! >= lowest && edgeName[edge]! <= highest && isFromTable(node, edge)) continue
      if (target === node || (kind === EDGE.shortcut && node !== ROOT)) continue
      strongWords[edge >>> 5]! |= 1 << (edge & 31)
    }
  }
  const sweep = (word: number): void => {
    let followed = 0
    for (let waiting = owned[word]!; waiting !== 0; waiting = owned[word]! & ~followed) {
      const bit = waiting & -waiting
      followed |= bit
      behind[height++] = (word << 5) + 31 - Math.clz32(bit)
      while (height > 0) follow(behind[--height]!, word << 5)
    }
  }
  for (let edge = firstEdge[ROOT]!; edge < firstEdge[ROOT + 1]!; edge++) {
    const target = edgeTarget[edge]!
    const isDocuments = edgeKind[edge] === EDGE.element && nodeKind[target] === NODE.synthetic && nodeName[target] === domTreesName
    if (edgeKind[edge] === EDGE.shortcut || isDocuments) owned[target >>> 5]! |= 1 << (target & 31)
  }
  for (let word = 0; word < owned.length; word++) if (owned[word] !== 0) sweep(word)

  /** The same for a node that is not owned. */
  const weigh = (node: number): void => {
    const end = firstEdge[node + 1]!
    for (let edge = firstEdge[node]!; edge < end; edge++) {
      const kind = edgeKind[edge]!
      const target = edgeTarget[edge]!
      if (kind === EDGE.internal && edgeName[edge]! >= lowest && edgeName[edge]! <= highest && isFromTable(node, edge)) continue
      if (kind === EDGE.weak || target === node || (kind === EDGE.shortcut && node !== ROOT)) continue
      if (node !== ROOT && ((owned[target >>> 5]! >>> (target & 31)) & 1) === 1) continue
      strongWords[edge >>> 5]! |= 1 << (edge & 31)
    }
  }
  for (let node = 0; node < nodeCount; node++) if (((owned[node >>> 5]! >>> (node & 31)) & 1) === 0) weigh(node)
  if (!hasEphemerons) return undefined
  ephemerons.sort((a, b) => a.edge - b.edge)
  return { edge: Uint32Array.from(ephemerons, ({ edge }) => edge), pair: Uint32Array.from(ephemerons, ({ pair }) => pair) }
}
