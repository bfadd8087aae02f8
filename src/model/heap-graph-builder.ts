import { Bitset } from '../base/bitset.ts'
import { checkHeapGraph } from './check-heap-graph.ts'
import { EDGE, type EdgeKind, type HeapGraph, NODE, type NodeKind, NONE } from './heap-graph.ts'
import type { Source } from './source.ts'
import { Interner } from './string-table.ts'

/**
 * Makes a `HeapGraph` from nodes and edges that come in any order. Node 0, the root, exists from the start.
 * For readers whose input is small or unordered; the V8 reader fills its columns itself, in file order.
 */
export class HeapGraphBuilder {
  readonly interner = new Interner()
  readonly #source: Source
  readonly #kind: number[] = []
  readonly #name: number[] = []
  readonly #id: number[] = []
  readonly #bytes: number[] = []
  readonly #edgeSource: number[] = []
  readonly #edgeTarget: number[] = []
  readonly #edgeKind: number[] = []
  readonly #edgeName: number[] = []
  readonly #edgeStrong: boolean[] = []
  readonly #locations: { node: number; file: number; line: number; column: number }[] = []
  readonly #detachedness = new Map<number, number>()

  constructor(source: Source) {
    this.#source = source
    this.addNode({ kind: 'synthetic', name: '', id: 0, shallowBytes: 0 })
  }

  get nodeCount(): number {
    return this.#kind.length
  }

  /** The new node's ordinal. */
  addNode(node: { kind: NodeKind; name: string; id?: number; shallowBytes: number; detachedness?: 0 | 1 | 2 }): number {
    const ordinal = this.#kind.length
    this.#kind.push(NODE[node.kind])
    this.#name.push(this.interner.number(node.name))
    this.#id.push(node.id ?? ordinal)
    this.#bytes.push(node.shallowBytes)
    if (node.detachedness !== undefined) this.#detachedness.set(ordinal, node.detachedness)
    return ordinal
  }

  /** `name` is a number for `element` and `hidden` edges, a text for all others. Weak edges are never strong. */
  addEdge(edge: { from: number; to: number; kind: EdgeKind; name: string | number; strong?: boolean }): void {
    this.#edgeSource.push(edge.from)
    this.#edgeTarget.push(edge.to)
    this.#edgeKind.push(EDGE[edge.kind])
    this.#edgeName.push(typeof edge.name === 'number' ? edge.name : this.interner.number(edge.name))
    this.#edgeStrong.push(edge.kind !== 'weak' && edge.strong !== false)
  }

  /** Lines and columns count from 1. */
  setLocation(node: number, file: string, line: number, column: number): void {
    this.#locations.push({ node, file: this.interner.number(file), line, column })
  }

  /** Groups the edges by their source, in the order given, and checks the whole. */
  build(): HeapGraph {
    const nodeCount = this.#kind.length
    const edgeCount = this.#edgeSource.length
    const firstEdge = new Uint32Array(nodeCount + 1)
    for (const source of this.#edgeSource) firstEdge[source + 1]!++
    for (let node = 0; node < nodeCount; node++) firstEdge[node + 1]! += firstEdge[node]!
    const next = firstEdge.slice()
    const edgeTarget = new Uint32Array(edgeCount)
    const edgeKind = new Uint8Array(edgeCount)
    const edgeName = new Uint32Array(edgeCount)
    const edgeIsStrong = new Bitset(edgeCount)
    for (let given = 0; given < edgeCount; given++) {
      const edge = next[this.#edgeSource[given]!]!++
      edgeTarget[edge] = this.#edgeTarget[given]!
      edgeKind[edge] = this.#edgeKind[given]!
      edgeName[edge] = this.#edgeName[given]!
      if (this.#edgeStrong[given] === true) edgeIsStrong.add(edge)
    }
    const graph: HeapGraph = {
      source: this.#source,
      strings: this.interner.table(),
      nodeCount,
      nodeKind: Uint8Array.from(this.#kind),
      nodeName: Uint32Array.from(this.#name),
      nodeId: Float64Array.from(this.#id),
      shallowBytes: Float64Array.from(this.#bytes),
      edgeCount,
      firstEdge,
      edgeTarget,
      edgeKind,
      edgeName,
      edgeIsStrong,
      detachedness: this.#detachednessColumn(),
      locations: this.#locationColumns(),
    }
    checkHeapGraph(graph)
    return graph
  }

  #detachednessColumn(): Uint8Array | undefined {
    if (this.#detachedness.size === 0) return undefined
    const column = new Uint8Array(this.#kind.length)
    for (const [node, value] of this.#detachedness) column[node] = value
    return column
  }

  #locationColumns(): HeapGraph['locations'] {
    if (this.#locations.length === 0) return undefined
    const place = new Uint32Array(this.#kind.length)
    const file = [NONE]
    const line = [0]
    const column = [0]
    const places = new Map<string, number>()
    for (const located of this.#locations) {
      const key = `${located.file} ${located.line} ${located.column}`
      const known = places.get(key)
      place[located.node] = known ?? file.length
      if (known !== undefined) continue
      places.set(key, file.length)
      file.push(located.file)
      line.push(located.line)
      column.push(located.column)
    }
    return { place, file: Uint32Array.from(file), line: Uint32Array.from(line), column: Uint32Array.from(column) }
  }
}

