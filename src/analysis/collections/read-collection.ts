import { EDGE, edgeNameOf, type HeapGraph, NODE, NONE } from '../../model/heap-graph.ts'
import { vocabularyOf } from '../vocabulary/vocabulary-of.ts'
import type { Collection, CollectionReads, Entry } from './collection.ts'
import { JvmCollections } from './jvm-collections.ts'
import { PythonCollections } from './python-collections.ts'

export type { Collection, CollectionKind, Entry } from './collection.ts'

/** A table's words, where its entries begin, how many words each has, and how many buckets an entry needs. */
const TABLES = [
  { kind: 'Map', words: 3 },
  { kind: 'Set', words: 2 },
] as const
const TABLE_PREFIX = 3
const ENTRIES_PER_BUCKET = 2
/** Pointers, then the header, of an array in bytes: plain 64 bits, and compressed. */
const LAYOUTS = [
  { pointer: 8, header: 16 },
  { pointer: 4, header: 8 },
] as const
const DICTIONARY_WORDS = 3
/** Fewer keys than this and an object is read as a structure. */
const FEWEST_KEYS = 32
/** As many properties nobody wrote by hand. */
const MANY_PROPERTIES = 65

/**
 * Reads collections: those of the JVM and of Python by their classes (`jvm-collections.ts`, `python-collections.ts`), V8's here: Map, Set and their subclasses by their hash table, weak maps by their pairs, arrays by their
 * elements, plain objects with a dictionary of many keys.
 *
 * Method: an ordered hash table of capacity c is 3 words, c/2 buckets and c entries of 3 words (Map) or 2 (Set)
 *   (v8/src/objects/ordered-hash-table.h), so its size alone says which it is and how much room there is; the position
 *   of a reference says which entry it belongs to. A deleted entry refers to the hole or to nothing.
 */
export class CollectionReader implements CollectionReads {
  readonly #graph: HeapGraph
  readonly #store = new Map<number, (node: number, store: number, visit?: (entry: Entry) => void) => Collection | undefined>()

  /** Of another runtime than V8. */
  readonly #other: CollectionReads | undefined

  constructor(graph: HeapGraph) {
    this.#graph = graph
    const { runtime } = vocabularyOf(graph)
    this.#other = runtime === 'jvm' ? new JvmCollections(graph) : runtime === 'cpython' ? new PythonCollections(graph) : undefined
    if (this.#other !== undefined) return
    const numbers = graph.strings.numbersOf(['table', 'elements', 'properties'])
    const readers = {
      table: (node: number, store: number, visit?: (entry: Entry) => void) => readTable(graph, node, store, visit) ?? readPairs(graph, node, store, visit),
      elements: (node: number, store: number, visit?: (entry: Entry) => void) => readElements(graph, node, store, visit),
      properties: (node: number, store: number, visit?: (entry: Entry) => void) => readDictionary(graph, node, store, visit) ?? readProperties(graph, node, visit),
    }
    for (const [name, read] of Object.entries(readers)) {
      const number = numbers.get(name)
      if (number !== undefined) this.#store.set(number, read)
    }
  }

  /** Whether a collection is told by a class of its own. */
  get tellsClasses(): boolean {
    return this.#other !== undefined
  }

  /** References that leave the node's tables: an entry has at most two. Cost: the node's edges. */
  sizeOf(node: number): number {
    if (this.#other !== undefined) return this.#other.sizeOf(node)
    let size = 0
    this.#eachStore(node, (store) => {
      size = Math.max(size, this.#graph.firstEdge[store + 1]! - this.#graph.firstEdge[store]!)
      return undefined
    })
    return size
  }

  /**
   * Undefined for what is no collection of V8's. `visit` is called for each entry, in the order of the table.
   * Cost: the edges of its table.
   */
  read(node: number, visit?: (entry: Entry) => void): Collection | undefined {
    if (this.#other !== undefined) return this.#other.read(node, visit)
    return this.#eachStore(node, (store, read) => read(node, store, visit))
  }

  #eachStore<T>(node: number, look: (store: number, read: (node: number, store: number, visit?: (entry: Entry) => void) => Collection | undefined) => T | undefined): T | undefined {
    const { nodeKind, edgeKind, edgeName, edgeTarget, firstEdge } = this.#graph
    if (nodeKind[node] !== NODE.object) return undefined
    for (let edge = firstEdge[node]!, end = firstEdge[node + 1]!; edge < end; edge++) {
      if (edgeKind[edge] !== EDGE.internal) continue
      const read = this.#store.get(edgeName[edge]!)
      const store = edgeTarget[edge]!
      if (read === undefined || (nodeKind[store] !== NODE.array && nodeKind[store] !== NODE.hidden)) continue
      const found = look(store, read)
      if (found !== undefined) return found
    }
    return undefined
  }
}

function readTable(graph: HeapGraph, node: number, table: number, visit?: (entry: Entry) => void): Collection | undefined {
  for (const { pointer, header } of LAYOUTS) {
    for (const { kind, words } of TABLES) {
      const capacity = ((graph.shallowBytes[table]! - header) / pointer - TABLE_PREFIX) / (words + 1 / ENTRIES_PER_BUCKET)
      if (capacity < 4 || !Number.isInteger(Math.log2(capacity))) continue
      const start = TABLE_PREFIX + capacity / ENTRIES_PER_BUCKET
      const keys = new Map<number, number>()
      const values = new Map<number, number>()
      eachPosition(graph, table, (position, target) => {
        const word = (position - start) % words
        const entry = (position - start - word) / words
        if (position < start || isHole(graph, target)) return
        if (word === 0) keys.set(entry, target)
        else if (word === 1 && kind === 'Map') values.set(entry, target)
      })
      let entries = keys.size
      for (const entry of values.keys()) if (!keys.has(entry)) entries++
      if (visit !== undefined) {
        for (const [entry, key] of keys) visit({ key, value: values.get(entry) ?? NONE, name: NONE })
        for (const [entry, value] of values) if (!keys.has(entry)) visit({ key: NONE, value, name: NONE })
      }
      return { node, kind, entries, capacity }
    }
  }
  return undefined
}

/** A weak map's table: its pairs are internal edges whose names say so, the value at the end. */
function readPairs(graph: HeapGraph, node: number, table: number, visit?: (entry: Entry) => void): Collection | undefined {
  let entries = 0
  const { firstEdge, edgeKind, edgeTarget } = graph
  for (let edge = firstEdge[table]!, end = firstEdge[table + 1]!; edge < end; edge++) {
    if (edgeKind[edge] !== EDGE.internal || !edgeNameOf(graph, edge).includes(' / part of key ')) continue
    entries++
    visit?.({ key: NONE, value: edgeTarget[edge]!, name: NONE })
  }
  return entries === 0 ? undefined : { node, kind: 'WeakMap', entries }
}

function readElements(graph: HeapGraph, node: number, elements: number, visit?: (entry: Entry) => void): Collection | undefined {
  if (graph.strings.get(graph.nodeName[node]!) !== 'Array') return undefined
  let entries = 0
  const { firstEdge, edgeKind, edgeTarget } = graph
  for (let edge = firstEdge[node]!, end = firstEdge[node + 1]!; edge < end; edge++) {
    if (edgeKind[edge] !== EDGE.element) continue
    entries++
    visit?.({ key: NONE, value: edgeTarget[edge]!, name: NONE })
  }
  const capacity = Math.floor((graph.shallowBytes[elements]! - 16) / 8)
  return { node, kind: 'Array', entries, capacity: capacity >= entries ? capacity : undefined }
}

function readDictionary(graph: HeapGraph, node: number, table: number, visit?: (entry: Entry) => void): Collection | undefined {
  const targets = new Map<number, number>()
  const inPhase = [0, 0, 0]
  const stringsInPhase = [0, 0, 0]
  eachPosition(graph, table, (position, target) => {
    targets.set(position, target)
    inPhase[position % DICTIONARY_WORDS]!++
    if (graph.nodeKind[target] === NODE.string) stringsInPhase[position % DICTIONARY_WORDS]!++
  })
  // Key, value, details: keys are strings, details numbers in place. Anything at all three is no dictionary.
  const phase = [0, 1, 2].find((each) => stringsInPhase[each]! >= FEWEST_KEYS && stringsInPhase[each]! >= inPhase[each]! - 8 && inPhase[(each + 2) % DICTIONARY_WORDS]! <= 8 && inPhase[(each + 1) % DICTIONARY_WORDS]! <= inPhase[each]! + 8)
  if (phase === undefined) return undefined
  let entries = 0
  for (const [position, key] of targets) {
    if (position % DICTIONARY_WORDS !== phase || graph.nodeKind[key] !== NODE.string) continue
    entries++
    visit?.({ key, value: targets.get(position + 1) ?? NONE, name: NONE })
  }
  return { node, kind: 'object', entries, capacity: Math.floor((graph.shallowBytes[table]! - 16) / 8 / DICTIONARY_WORDS) }
}

/** Many properties in an object that is no dictionary yet: those with numbers in place are not seen. */
function readProperties(graph: HeapGraph, node: number, visit?: (entry: Entry) => void): Collection | undefined {
  const { firstEdge, edgeKind, edgeTarget, edgeName } = graph
  if (firstEdge[node + 1]! - firstEdge[node]! < MANY_PROPERTIES) return undefined
  let entries = 0
  for (let edge = firstEdge[node]!, end = firstEdge[node + 1]!; edge < end; edge++) {
    if (edgeKind[edge] !== EDGE.property || edgeNameOf(graph, edge) === '__proto__') continue
    entries++
    visit?.({ key: NONE, value: edgeTarget[edge]!, name: edgeName[edge]! })
  }
  return entries < MANY_PROPERTIES ? undefined : { node, kind: 'object', entries }
}

/** The numbered internal references of a table. */
function eachPosition(graph: HeapGraph, table: number, visit: (position: number, target: number) => void): void {
  const { firstEdge, edgeTarget, edgeKind } = graph
  for (let edge = firstEdge[table]!, end = firstEdge[table + 1]!; edge < end; edge++) {
    if (edgeKind[edge] !== EDGE.internal && edgeKind[edge] !== EDGE.hidden) continue
    const position = Number(edgeNameOf(graph, edge))
    if (Number.isInteger(position)) visit(position, edgeTarget[edge]!)
  }
}

function isHole(graph: HeapGraph, node: number): boolean {
  return graph.nodeKind[node] === NODE.hidden && /Hole|Oddball/.test(graph.strings.get(graph.nodeName[node]!))
}
