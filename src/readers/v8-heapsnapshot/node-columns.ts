import type { NumberColumn } from '../../model/heap-graph.ts'
import type { Header } from './header.ts'
import { allocate, firstCapacity, grown, type Memory, nextCapacity, widened } from './memory.ts'
import { NumberCursor } from './number-cursor.ts'
import { BadNumber, NumberRows, type StraightScanner, type Wide } from './number-rows.ts'

const MAX_UINT32 = 0xffffffff

/**
 * The columns of the nodes, filled row by row in file order.
 * Cost: 17 bytes a node, 1 more where the file has detachedness, 4 more where it has allocation sites; ids and sizes
 * widen to 8 bytes when one above 2^32 is met.
 */
export class NodeColumns {
  readonly #layout: Header['node']
  readonly #memory: Memory
  #capacity: number
  count = 0
  kind: Uint8Array
  name: Uint32Array
  id: NumberColumn
  bytes: NumberColumn
  /** One longer than the others; [count] is the number of edges the nodes claim. */
  firstEdge: Uint32Array
  detachedness: Uint8Array | undefined
  traceNodeId: Uint32Array | undefined
  maxName = 0
  hasDetachedness = false
  hasTraces = false

  constructor(header: Header, sizeBytes: number | undefined, memory: Memory) {
    this.#layout = header.node
    this.#memory = memory
    const capacity = (this.#capacity = firstCapacity(header.nodeCount, header.node.fields, sizeBytes))
    this.kind = new Uint8Array(allocate(memory, capacity))
    this.name = new Uint32Array(allocate(memory, capacity * 4))
    this.id = new Uint32Array(allocate(memory, capacity * 4))
    this.bytes = new Uint32Array(allocate(memory, capacity * 4))
    this.firstEdge = new Uint32Array(allocate(memory, (capacity + 1) * 4))
    if (this.#layout.detachedness !== undefined) this.detachedness = new Uint8Array(allocate(memory, capacity))
    if (this.#layout.traceNodeId !== undefined) this.traceNodeId = new Uint32Array(allocate(memory, capacity * 4))
  }

  /** Appends rows straight from the bytes; see `StraightScanner`. */
  takeStraight(bytes: Uint8Array, from: number, last: number): number {
    const { fields, kinds } = this.#layout
    const { kind, name, id, bytes: size, firstEdge } = this
    const capacity = this.#capacity
    const cursor = new NumberCursor()
    cursor.at = from
    let maxName = this.maxName
    let node = this.count
    let edges = firstEdge[node]!
    let begin = from
    for (; begin <= last && node < capacity; node++) {
      const type = cursor.next(bytes)
      const string = cursor.next(bytes)
      const nodeId = cursor.next(bytes)
      const selfSize = cursor.next(bytes)
      const edgeCount = cursor.next(bytes)
      if ((type | string | nodeId | selfSize | edgeCount) < 0 || type >= kinds.length || edges + edgeCount >= MAX_UINT32) break
      // What follows is nothing for nearly all nodes.
      let field = 5
      while (field < fields && cursor.skipZero(bytes)) field++
      if (field < fields) {
        const end = this.#takeRest(bytes, cursor.at, node, field)
        if (end < 0) break
        cursor.at = end
      }
      begin = cursor.at
      kind[node] = kinds[type]!
      name[node] = string
      if (string > maxName) maxName = string
      id[node] = nodeId
      size[node] = selfSize
      edges += edgeCount
      firstEdge[node + 1] = edges
    }
    this.maxName = maxName
    this.count = node
    return begin
  }

  /** Takes the fields of a row from `firstField` on, which stands at `from`; returns where the row ends, or −1 when one is unusual. */
  #takeRest(bytes: Uint8Array, from: number, node: number, firstField: number): number {
    const { fields, detachedness, traceNodeId } = this.#layout
    const cursor = new NumberCursor()
    cursor.at = from
    for (let field = firstField; field < fields; field++) {
      const value = cursor.next(bytes)
      if (value < 0) return -1
      if (value === 0) continue
      if (field === detachedness) this.#setDetachedness(node, value)
      else if (field === traceNodeId) this.#setTrace(node, value)
    }
    return cursor.at
  }

  /** @throws BadNumber */
  add(batch: Uint32Array, rowCount: number, wides: readonly Wide[]): void {
    if (this.count + rowCount > this.#capacity) this.#grow(this.count + rowCount)
    const layout = this.#layout
    const { fields, kinds } = layout
    const { kind, name, firstEdge, detachedness, traceNodeId } = this
    const { id, bytes } = this
    let { maxName } = this
    const first = this.count
    let edges = firstEdge[this.count]!
    let node = this.count
    for (let row = 0, at = 0; row < rowCount; row++, at += fields, node++) {
      const type = batch[at + layout.type]!
      if (type >= kinds.length) this.#refuse(at + layout.type, node, 'type', `a type below ${kinds.length}`, type)
      kind[node] = kinds[type]!
      const string = batch[at + layout.name]!
      name[node] = string
      if (string > maxName) maxName = string
      id[node] = batch[at + layout.id]!
      bytes[node] = batch[at + layout.selfSize]!
      const edgeCount = batch[at + layout.edgeCount]!
      edges += edgeCount
      if (edges >= MAX_UINT32) this.#refuse(at + layout.edgeCount, node, 'edge_count', 'a count of edges', edgeCount)
      firstEdge[node + 1] = edges
      if (detachedness !== undefined) {
        const state = batch[at + layout.detachedness!]!
        if (state !== 0) this.#setDetachedness(node, state)
      }
      if (traceNodeId !== undefined) {
        const trace = batch[at + layout.traceNodeId!]!
        if (trace !== 0) this.#setTrace(node, trace)
      }
    }
    this.count = node
    this.maxName = maxName
    for (const wide of wides) if (wide.index < rowCount * fields) this.#addWide(first, wide)
  }

  #setDetachedness(node: number, state: number): void {
    this.hasDetachedness = true
    this.detachedness![node] = state === 1 || state === 2 ? state : 0
  }

  #setTrace(node: number, trace: number): void {
    this.hasTraces = true
    this.traceNodeId![node] = trace
  }

  /** Ids and sizes may pass 2^32, nothing else may. */
  #addWide(first: number, { index, value }: Wide): void {
    const node = first + Math.floor(index / this.#layout.fields)
    const field = index % this.#layout.fields
    if (value < 0 || (field !== this.#layout.id && field !== this.#layout.selfSize)) this.#refuse(index, node, `field ${field}`, 'a number from 0 to 2^32 − 1', value)
    if (field === this.#layout.id) {
      if (this.id instanceof Uint32Array) this.id = widened(this.#memory, this.id)
      this.id[node] = value
    } else {
      if (this.bytes instanceof Uint32Array) this.bytes = widened(this.#memory, this.bytes)
      this.bytes[node] = value
    }
  }

  #refuse(index: number, node: number, field: string, expected: string, found: number): never {
    throw new BadNumber(index, `nodes[${node}].${field}`, expected, String(found))
  }

  #grow(needed: number): void {
    const memory = this.#memory
    const capacity = (this.#capacity = nextCapacity(this.#capacity, needed))
    this.kind = grown(memory, this.kind, capacity)
    this.name = grown(memory, this.name, capacity)
    this.id = grown(memory, this.id, capacity)
    this.bytes = grown(memory, this.bytes, capacity)
    this.firstEdge = grown(memory, this.firstEdge, capacity + 1)
    if (this.detachedness !== undefined) this.detachedness = grown(memory, this.detachedness, capacity)
    if (this.traceNodeId !== undefined) this.traceNodeId = grown(memory, this.traceNodeId, capacity)
  }
}

/** Scans the array of nodes into columns. */
export function nodeRows(header: Header, nodes: NodeColumns): NumberRows {
  const { fields, type, name, id, selfSize, edgeCount } = header.node
  // As V8 has always begun them, whatever follows.
  const isUsual = type === 0 && name === 1 && id === 2 && selfSize === 3 && edgeCount === 4
  const straight: StraightScanner = (bytes, from, last) => nodes.takeStraight(bytes, from, last)
  return new NumberRows(fields, (batch, rowCount, wides) => nodes.add(batch, rowCount, wides), isUsual ? straight : undefined)
}
