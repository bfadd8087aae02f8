import { EDGE, type HeapGraph, NODE, NONE } from '../../model/heap-graph.ts'
import { cpython } from '../vocabulary/cpython.ts'
import type { Collection, CollectionKind, CollectionReads, Entry } from './collection.ts'

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
  readonly #kindOfName: (CollectionKind | null | undefined)[] = []

  constructor(graph: HeapGraph) {
    this.#graph = graph
    this.#ofEntry = new Set(graph.strings.numbersOf(['key', 'item', '(unnamed)']).values())
  }

  sizeOf(node: number): number {
    return this.#kindOf(node) === undefined ? 0 : this.#graph.firstEdge[node + 1]! - this.#graph.firstEdge[node]!
  }

  read(node: number, visit?: (entry: Entry) => void): Collection | undefined {
    const graph = this.#graph
    const kind = this.#kindOf(node)
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

  #kindOf(node: number): CollectionKind | undefined {
    if (this.#graph.nodeKind[node] !== NODE.object) return undefined
    const name = this.#graph.nodeName[node]!
    const known = this.#kindOfName[name]
    if (known !== undefined) return known ?? undefined
    const text = this.#graph.strings.get(name)
    const kind = text === 'tuple' ? null : cpython.maps.test(text) ? 'Map' : cpython.sets.test(text) ? 'Set' : cpython.lists.test(text) ? 'Array' : null
    this.#kindOfName[name] = kind
    return kind ?? undefined
  }
}
