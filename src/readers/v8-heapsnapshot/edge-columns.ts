import { EDGE } from '../../model/heap-graph.ts'
import type { Header } from './header.ts'
import { allocate, firstCapacity, grown, type Memory, nextCapacity } from './memory.ts'
import { reciprocalOf } from './node-place.ts'
import { NumberCursor } from './number-cursor.ts'
import { BadNumber, NumberRows, type StraightScanner, type Wide } from './number-rows.ts'

/** The columns of the edges, filled row by row in file order, which is the order of the nodes. Cost: 9 bytes an edge. */
export class EdgeColumns {
  readonly #layout: Header['edge']
  readonly #nodeFields: number
  readonly #nodeCount: number
  readonly #memory: Memory
  #capacity: number
  count = 0
  target: Uint32Array
  kind: Uint8Array
  name: Uint32Array
  maxName = 0

  /** The columns of one thread's part, over memory that another thread allocated. */
  static over(columns: Pick<EdgeColumns, 'target' | 'kind' | 'name'>, header: Header, nodeCount: number): EdgeColumns {
    const edges = new EdgeColumns(header, nodeCount, 0, 0, 'private')
    edges.target = columns.target
    edges.kind = columns.kind
    edges.name = columns.name
    edges.#capacity = columns.kind.length
    return edges
  }

  /** `promised` is what the nodes' counts add up to: known by now, and better than the header's word. */
  constructor(header: Header, nodeCount: number, promised: number, sizeBytes: number | undefined, memory: Memory) {
    this.#layout = header.edge
    this.#nodeFields = header.node.fields
    this.#nodeCount = nodeCount
    this.#memory = memory
    const capacity = (this.#capacity = firstCapacity(promised, header.edge.fields, sizeBytes))
    this.target = new Uint32Array(allocate(memory, capacity * 4))
    this.kind = new Uint8Array(allocate(memory, capacity))
    this.name = new Uint32Array(allocate(memory, capacity * 4))
  }

  /** Appends rows straight from the bytes; see `StraightScanner`. */
  takeStraight(bytes: Uint8Array, from: number, last: number): number {
    const { kinds } = this.#layout
    const nodeFields = this.#nodeFields
    const nodeCount = this.#nodeCount
    const { target, kind, name } = this
    const capacity = this.#capacity
    const cursor = new NumberCursor()
    cursor.at = from
    let maxName = this.maxName
    let edge = this.count
    let begin = from
    const reciprocal = reciprocalOf(nodeFields)
    for (; begin <= last && edge < capacity; edge++) {
      const type = cursor.next(bytes)
      const nameOrIndex = cursor.next(bytes)
      const place = cursor.next(bytes)
      const node = (place * reciprocal) >>> 0
      if ((type | nameOrIndex | place) < 0 || type >= kinds.length || node >= nodeCount || node * nodeFields !== place) break
      begin = cursor.at
      const edgeKind = kinds[type]!
      kind[edge] = edgeKind
      name[edge] = nameOrIndex
      target[edge] = node
      if (nameOrIndex > maxName && edgeKind !== EDGE.element && edgeKind !== EDGE.hidden) maxName = nameOrIndex
    }
    this.maxName = maxName
    this.count = edge
    return begin
  }

  /** Appends rows. @throws BadNumber */
  add(batch: Uint32Array, rowCount: number, wides: readonly Wide[]): void {
    if (wides.length > 0) throw new BadNumber(wides[0]!.index, 'edges', 'a number from 0 to 2^32 − 1', String(wides[0]!.value))
    if (this.count + rowCount > this.#capacity) this.#grow(this.count + rowCount)
    const { fields, kinds, type: typeAt, nameOrIndex: nameAt, toNode: targetAt } = this.#layout
    const nodeFields = this.#nodeFields
    const nodeCount = this.#nodeCount
    const { target, kind, name } = this
    let edge = this.count
    const reciprocal = reciprocalOf(nodeFields)
    for (let row = 0, at = 0; row < rowCount; row++, at += fields, edge++) {
      const type = batch[at + typeAt]!
      if (type >= kinds.length) this.#refuse(at + typeAt, edge, 'type', `a type below ${kinds.length}`, type)
      const edgeKind = kinds[type]!
      kind[edge] = edgeKind
      const nameOrIndex = batch[at + nameAt]!
      name[edge] = nameOrIndex
      if (nameOrIndex > this.maxName && edgeKind !== EDGE.element && edgeKind !== EDGE.hidden) this.maxName = nameOrIndex
      const place = batch[at + targetAt]!
      const node = (place * reciprocal) >>> 0
      target[edge] = node
      if (node * nodeFields !== place || node >= nodeCount) {
        this.#refuse(at + targetAt, edge, 'to_node', `a multiple of ${nodeFields} below ${nodeCount * nodeFields}`, place)
      }
    }
    this.count = edge
  }

  /** How many edges there is room for. */
  get capacity(): number {
    return this.#capacity
  }

  #refuse(index: number, edge: number, field: string, expected: string, found: number): never {
    throw new BadNumber(index, `edges[${edge}].${field}`, expected, String(found))
  }

  #grow(needed: number): void {
    const memory = this.#memory
    const capacity = (this.#capacity = nextCapacity(this.#capacity, needed))
    this.target = grown(memory, this.target, capacity)
    this.kind = grown(memory, this.kind, capacity)
    this.name = grown(memory, this.name, capacity)
  }
}

/** Scans the array of edges into the columns that `edges` gives. */
export function edgeRows(header: Header, edges: () => EdgeColumns): NumberRows {
  const { fields, type, nameOrIndex, toNode } = header.edge
  // As V8 has always written them.
  const isUsual = fields === 3 && type === 0 && nameOrIndex === 1 && toNode === 2
  const straight: StraightScanner = (bytes, from, last) => edges().takeStraight(bytes, from, last)
  return new NumberRows(fields, (batch, rowCount, wides) => edges().add(batch, rowCount, wides), isUsual ? straight : undefined)
}
