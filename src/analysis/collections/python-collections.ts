import { EDGE, type HeapGraph, NONE } from '../../model/heap-graph.ts'
import { cpython } from '../vocabulary/cpython.ts'
import type { Collection, CollectionKind, CollectionReads, Entry } from './collection.ts'
import { KindsByName } from './kinds-by-name.ts'

/** What `sys.getsizeof` says of an empty one of 64 bits, the header of the collector included, CPython 3.8 to 3.14. */
const LIST_BYTES = 56
const SET_BYTES = 216
const SET_INSIDE = 8

/**
 * Dictionaries, sets, lists and deques of a Python object graph. How much room a list or set has follows from its size;
 * that of a dictionary differs from version to version and is not told. Small numbers and constants are in no graph, so
 * entries of these alone are not counted.
 */
export class PythonCollections implements CollectionReads {
  readonly #graph: HeapGraph
  /** `<key>` of a dictionary, `<item>` of a set, and the parts of what has no names for them: a deque. */
  readonly #ofEntry: ReadonlySet<number>
  readonly #kinds: KindsByName

  constructor(graph: HeapGraph) {
    this.#graph = graph
    this.#kinds = new KindsByName(graph, kindOf)
    this.#ofEntry = new Set(graph.strings.numbersOf(['key', 'item', '(unnamed)']).values())
  }

  sizeOf(node: number): number {
    return this.#kinds.of(node) === undefined ? 0 : this.#graph.firstEdge[node + 1]! - this.#graph.firstEdge[node]!
  }

  read(node: number, visit?: (entry: Entry) => void): Collection | undefined {
    const graph = this.#graph
    const kind = this.#kinds.of(node)
    if (kind === undefined) return undefined
    let keys = 0
    let values = 0
    for (let edge = graph.firstEdge[node]!; edge < graph.firstEdge[node + 1]!; edge++) {
      const edgeKind = graph.edgeKind[edge]
      const target = graph.edgeTarget[edge]!
      if (edgeKind === EDGE.internal && this.#ofEntry.has(graph.edgeName[edge]!)) {
        keys++
        if (kind !== 'Map') visit?.({ key: kind === 'Set' ? target : NONE, value: kind === 'Set' ? NONE : target, name: NONE })
      } else if (edgeKind === EDGE.element || (edgeKind === EDGE.property && kind === 'Map')) {
        values++
        visit?.({ key: NONE, value: target, name: kind === 'Map' && edgeKind === EDGE.property ? graph.edgeName[edge]! : NONE })
      }
    }
    const name = graph.strings.get(graph.nodeName[node]!)
    const entries = Math.max(keys, values)
    const all = name === 'list' ? (graph.shallowBytes[node]! - LIST_BYTES) / 8 : name === 'set' ? Math.max(SET_INSIDE, (graph.shallowBytes[node]! - SET_BYTES) / 16) : Number.NaN
    return { node, kind, className: name, entries, ...(Number.isInteger(all) && all >= entries ? { capacity: all, slots: { used: entries, all } } : {}) }
  }
}

function kindOf(className: string): CollectionKind | undefined {
  if (className === 'tuple') return undefined
  return cpython.maps.test(className) ? 'Map' : cpython.sets.test(className) ? 'Set' : cpython.lists.test(className) ? 'Array' : undefined
}
