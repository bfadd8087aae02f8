import { EDGE, edgeNameOf, type HeapGraph, NODE, NONE } from '../../model/heap-graph.ts'
import { jvm } from '../vocabulary/jvm.ts'
import type { Collection, CollectionKind, CollectionReads, Entry } from './collection.ts'
import { KindsByName } from './kinds-by-name.ts'

/** Fields by which collections of the JDK and of Android reach what they are made of. */
const STORES = ['table', 'elementData', 'elements', 'array', 'queue', 'items', 'first', 'head', 'root', 'map', 'm', 'al'] as const
type Store = (typeof STORES)[number]
/** Of a link or node: what it holds, and where it goes on. */
const PARTS = ['key', 'value', 'val', 'item', 'referent', 'next', 'left', 'right', 'first'] as const
const HASHED = /Hash|^java\.util\.(Properties|Hashtable)$/
/** Tables of these are of any length; those of all others are powers of two. */
const ANY_LENGTH = /Hashtable$/
const PROPERTIES = 'java.util.Properties'
const MOST_LINKS = 1 << 26

/**
 * Collections of the JVM's library by their fields: hash tables (HashMap, LinkedHashMap, Hashtable, ConcurrentHashMap,
 * WeakHashMap) bucket by bucket, lists and queues on arrays (ArrayList, Vector, ArrayDeque, PriorityQueue,
 * CopyOnWriteArrayList …), linked ones (LinkedList, LinkedBlockingQueue, ConcurrentLinkedQueue), TreeMap, and sets by the
 * map they are made of. Sizes are counted, not read: a dump's numbers are not kept.
 */
export class JvmCollections implements CollectionReads {
  readonly #graph: HeapGraph
  readonly #store = new Map<number, Store>()
  readonly #part = new Map<number, (typeof PARTS)[number]>()
  readonly #kinds: KindsByName
  /** Number of the name `java.util.Properties`: a map whose entries are in another. */
  readonly #properties: number | undefined
  /** Maps that are the inside of a set: their owner tells of them. */
  #inner: Set<number> | undefined

  constructor(graph: HeapGraph) {
    this.#graph = graph
    this.#kinds = new KindsByName(graph, kindOf)
    const numbers = graph.strings.numbersOf([...STORES, ...PARTS, PROPERTIES])
    this.#properties = numbers.get(PROPERTIES)
    for (const text of STORES) if (numbers.has(text)) this.#store.set(numbers.get(text)!, text)
    for (const text of PARTS) if (numbers.has(text)) this.#part.set(numbers.get(text)!, text)
  }

  sizeOf(node: number): number {
    return this.read(node)?.entries ?? 0
  }

  read(node: number, visit?: (entry: Entry) => void): Collection | undefined {
    const kind = this.#kinds.of(node)
    if (kind === undefined || (kind === 'Map' && this.#innerMaps().has(node))) return undefined
    const found = this.#readFrom(node, kind, visit)
    return found === undefined ? undefined : { ...found, node, kind, className: this.#graph.strings.get(this.#graph.nodeName[node]!) }
  }

  #readFrom(node: number, kind: CollectionKind, visit?: (entry: Entry) => void): Pick<Collection, 'entries' | 'capacity' | 'slots'> | undefined {
    const graph = this.#graph
    const name = graph.strings.get(graph.nodeName[node]!)
    let hasStore = false
    for (let edge = graph.firstEdge[node]!; edge < graph.firstEdge[node + 1]!; edge++) {
      const store = graph.edgeKind[edge] === EDGE.property ? this.#store.get(graph.edgeName[edge]!) : undefined
      const target = graph.edgeTarget[edge]!
      if (store === undefined) continue
      if (store === 'map' || store === 'm' || store === 'al') {
        // Wrappers around any collection are not collections themselves.
        if (kind === 'Set' || name === PROPERTIES) return this.#readFrom(target, 'Map', visit)
        continue
      }
      hasStore = true
      if (graph.nodeKind[target] === NODE.array) return HASHED.test(name) ? this.#readTable(target, name, visit) : this.#readElements(target, visit)
      if (store === 'first' || store === 'head' || store === 'root') return { entries: this.#readLinks(target, visit) }
    }
    // A table is made with the first entry.
    return hasStore ? undefined : { entries: 0 }
  }

  #readTable(table: number, name: string, visit?: (entry: Entry) => void): Pick<Collection, 'entries' | 'capacity' | 'slots'> {
    const graph = this.#graph
    let entries = 0
    let used = 0
    const isPairs = name === 'java.util.IdentityHashMap'
    let key: { at: number; node: number } | undefined
    for (let edge = graph.firstEdge[table]!; edge < graph.firstEdge[table + 1]!; edge++) {
      if (graph.edgeKind[edge] !== EDGE.element) continue
      used++
      if (!isPairs) {
        entries += this.#readLinks(graph.edgeTarget[edge]!, visit)
        continue
      }
      const at = graph.edgeName[edge]!
      if (at % 2 === 0) {
        entries++
        key = { at, node: graph.edgeTarget[edge]! }
      } else visit?.({ key: key?.at === at - 1 ? key.node : NONE, value: graph.edgeTarget[edge]!, name: NONE })
    }
    const length = this.#lengthOf(table)
    const slots = length === undefined ? undefined : ANY_LENGTH.test(name) ? length : 2 ** Math.floor(Math.log2(Math.max(1, length)))
    return { entries, ...(slots === undefined || slots < used ? {} : { capacity: slots, slots: { used, all: slots } }) }
  }

  #readElements(array: number, visit?: (entry: Entry) => void): Pick<Collection, 'entries' | 'capacity' | 'slots'> {
    const graph = this.#graph
    let entries = 0
    for (let edge = graph.firstEdge[array]!; edge < graph.firstEdge[array + 1]!; edge++) {
      if (graph.edgeKind[edge] !== EDGE.element) continue
      entries++
      visit?.({ key: NONE, value: graph.edgeTarget[edge]!, name: NONE })
    }
    const length = this.#lengthOf(array)
    return { entries, ...(length === undefined || length < entries ? {} : { capacity: length, slots: { used: entries, all: length } }) }
  }

  /** Entries from a first link or the root of a tree on; a link that holds nothing (the head of a queue) is none. */
  #readLinks(first: number, visit?: (entry: Entry) => void): number {
    const graph = this.#graph
    const open = [first]
    const seen = new Set<number>()
    let entries = 0
    while (open.length > 0 && seen.size < MOST_LINKS) {
      const link = open.pop()!
      if (seen.has(link)) continue
      seen.add(link)
      let key = NONE
      let value = NONE
      for (let edge = graph.firstEdge[link]!; edge < graph.firstEdge[link + 1]!; edge++) {
        const kind = graph.edgeKind[edge]
        if (kind !== EDGE.property && kind !== EDGE.weak) continue
        const part = this.#part.get(graph.edgeName[edge]!)
        const target = graph.edgeTarget[edge]!
        if (part === 'key' || part === 'referent') key = target
        else if (part === 'value' || part === 'val' || part === 'item') value = target
        else if (part !== undefined) open.push(target)
      }
      if (key === NONE && value === NONE) continue
      entries++
      visit?.({ key, value, name: NONE })
    }
    return entries
  }

  /** Elements there is room for: the size, less what stands before the first. Rounded up to the JVM's alignment: one too many at most for references of 4 bytes. */
  #lengthOf(array: number): number | undefined {
    const layout = this.#graph.referenceArrays
    return layout === undefined ? undefined : Math.max(0, Math.floor((this.#graph.shallowBytes[array]! - layout.firstElementBytes) / layout.elementBytes))
  }

  #innerMaps(): Set<number> {
    if (this.#inner !== undefined) return this.#inner
    this.#inner = new Set()
    const graph = this.#graph
    for (let node = 1; node < graph.nodeCount; node++) {
      if (this.#kinds.of(node) !== 'Set' && !(graph.nodeKind[node] === NODE.object && graph.nodeName[node] === this.#properties)) continue
      for (let edge = graph.firstEdge[node]!; edge < graph.firstEdge[node + 1]!; edge++) {
        if (graph.edgeKind[edge] === EDGE.property && /^(map|m)$/.test(edgeNameOf(graph, edge))) this.#inner.add(graph.edgeTarget[edge]!)
      }
    }
    return this.#inner
  }
}

function kindOf(className: string): CollectionKind | undefined {
  if (className.includes('Collections$')) return undefined
  return jvm.maps.test(className) ? 'Map' : jvm.sets.test(className) ? 'Set' : jvm.lists.test(className) || jvm.queues.test(className) ? 'Array' : undefined
}
