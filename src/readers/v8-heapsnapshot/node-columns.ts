import type { NumberColumn } from '../../model/heap-graph.ts'
import type { Header } from './header.ts'
import { allocate, firstCapacity, grown, type Memory, nextCapacity, widened } from './memory.ts'
import { BadNumber } from './number-rows.ts'

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

  /** @throws BadNumber */
  add(batch: Float64Array, rowCount: number): void {
    if (this.count + rowCount > this.#capacity) this.#grow(this.count + rowCount)
    const layout = this.#layout
    const { fields, kinds } = layout
    const { kind, name, firstEdge, detachedness, traceNodeId } = this
    let { id, bytes, maxName } = this
    let edges = firstEdge[this.count]!
    let node = this.count
    for (let row = 0, at = 0; row < rowCount; row++, at += fields, node++) {
      const type = batch[at + layout.type]!
      if (!(type >= 0 && type < kinds.length)) this.#refuse(at + layout.type, node, 'type', `a type below ${kinds.length}`, type)
      kind[node] = kinds[type]!
      const string = batch[at + layout.name]!
      if (!(string >= 0 && string < MAX_UINT32)) this.#refuse(at + layout.name, node, 'name', 'the number of a string', string)
      name[node] = string
      if (string > maxName) maxName = string
      const number = batch[at + layout.id]!
      if (!(number >= 0)) this.#refuse(at + layout.id, node, 'id', 'an id', number)
      if (number > MAX_UINT32 && id instanceof Uint32Array) id = this.id = widened(this.#memory, id)
      id[node] = number
      const size = batch[at + layout.selfSize]!
      if (!(size >= 0)) this.#refuse(at + layout.selfSize, node, 'self_size', 'a size', size)
      if (size > MAX_UINT32 && bytes instanceof Uint32Array) bytes = this.bytes = widened(this.#memory, bytes)
      bytes[node] = size
      const edgeCount = batch[at + layout.edgeCount]!
      edges += edgeCount
      if (!(edgeCount >= 0 && edges < MAX_UINT32)) this.#refuse(at + layout.edgeCount, node, 'edge_count', 'a count of edges', edgeCount)
      firstEdge[node + 1] = edges
      if (detachedness !== undefined) {
        const state = batch[at + layout.detachedness!]!
        if (state !== 0) {
          this.hasDetachedness = true
          detachedness[node] = state === 1 || state === 2 ? state : 0
        }
      }
      if (traceNodeId !== undefined) {
        const trace = batch[at + layout.traceNodeId!]!
        if (trace !== 0) {
          this.hasTraces = true
          traceNodeId[node] = trace
        }
      }
    }
    this.count = node
    this.maxName = maxName
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
