import { sortedPosition } from '../../base/sorted-position.ts'
import { Bitset } from '../../base/bitset.ts'
import { longer } from '../../base/longer.ts'
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
 * Cost: a walk over what the page owns, one pass over the edges; a bit a node, a bit an edge, a stack.
 */
export function findStrongEdges(graph: Edges, names: EphemeronNames, domTreesName: number, strong: Bitset): Ephemerons | undefined {
  const { nodeCount, nodeId, firstEdge, edgeTarget, edgeKind, edgeName } = graph
  const owned = findPageOwned(graph, domTreesName)
  const ownedWords = owned.words
  const strongWords = strong.words
  const ephemeronEdges: number[] = []
  const ephemeronPairs: number[] = []
  const hasEphemerons = names.name.length > 0
  const lowest = hasEphemerons ? names.name[0]! : 1
  const highest = hasEphemerons ? names.name.at(-1)! : 0
  /** Keeps the edge of a WeakMap entry in mind; says whether this is the one from the table. */
  const isFromTable = (node: number, edge: number): boolean => {
    const at = sortedPosition(names.name, edgeName[edge]!)
    if (at < 0) return false
    ephemeronEdges.push(edge)
    ephemeronPairs.push(names.pair[at]!)
    return nodeId[node] === names.tableId[at]
  }
  const weigh = (node: number): void => {
    const end = firstEdge[node + 1]!
    const isOutside = node !== ROOT && ((ownedWords[node >>> 5]! >>> (node & 31)) & 1) === 0
    for (let edge = firstEdge[node]!; edge < end; edge++) {
      const kind = edgeKind[edge]!
      const target = edgeTarget[edge]!
      if (kind === EDGE.internal && edgeName[edge]! >= lowest && edgeName[edge]! <= highest && isFromTable(node, edge)) continue
      if (kind === EDGE.weak || target === node || (kind === EDGE.shortcut && node !== ROOT)) continue
      if (isOutside && ((ownedWords[target >>> 5]! >>> (target & 31)) & 1) === 1) continue
      strongWords[edge >>> 5]! |= 1 << (edge & 31)
    }
  }
  for (let node = 0; node < nodeCount; node++) weigh(node)
  return hasEphemerons ? { edge: Uint32Array.from(ephemeronEdges), pair: Uint32Array.from(ephemeronPairs) } : undefined
}

/**
 * What the page (in Node: the program) owns: everything reachable over edges that are not weak from the root's
 * shortcuts to global objects and from the documents' trees.
 *
 * Method: one sweep over the nodes in the order of the file, so that edges are read in a row. What an edge leads to ahead
 *   of the sweep waits for it; what it leads to behind goes on a stack and is followed at once.
 */
function findPageOwned(graph: Edges, domTreesName: number): Bitset {
  const { nodeCount, nodeKind, nodeName, firstEdge, edgeTarget, edgeKind } = graph
  const owned = new Bitset(nodeCount)
  const words = owned.words
  for (let edge = firstEdge[ROOT]!; edge < firstEdge[ROOT + 1]!; edge++) {
    const target = edgeTarget[edge]!
    const isDocuments = edgeKind[edge] === EDGE.element && nodeKind[target] === NODE.synthetic && nodeName[target] === domTreesName
    if (edgeKind[edge] === EDGE.shortcut || isDocuments) owned.add(target)
  }
  let behind = new Uint32Array(1024)
  let height = 0
  const follow = (node: number, swept: number): void => {
    const end = firstEdge[node + 1]!
    for (let edge = firstEdge[node]!; edge < end; edge++) {
      const target = edgeTarget[edge]!
      const bit = 1 << (target & 31)
      if ((words[target >>> 5]! & bit) !== 0 || edgeKind[edge] === EDGE.weak) continue
      words[target >>> 5]! |= bit
      if (target >= swept) continue
      if (height === behind.length) behind = longer(behind)
      behind[height++] = target
    }
  }
  const sweep = (word: number): void => {
    let followed = 0
    for (let waiting = words[word]!; waiting !== 0; waiting = words[word]! & ~followed) {
      const bit = waiting & -waiting
      followed |= bit
      behind[height++] = (word << 5) + 31 - Math.clz32(bit)
      while (height > 0) follow(behind[--height]!, word << 5)
    }
  }
  for (let word = 0; word < words.length; word++) if (words[word] !== 0) sweep(word)
  return owned
}
