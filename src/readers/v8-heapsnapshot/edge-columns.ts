import { EDGE } from '../../model/heap-graph.ts'
import type { Header } from './header.ts'
import { allocate, firstCapacity, grown, type Memory, nextCapacity } from './memory.ts'
import { BadNumber, type Wide } from './number-rows.ts'

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

  /** Appends rows. @throws BadNumber */
  add(batch: Uint32Array, rowCount: number, wides: readonly Wide[]): void {
    if (wides.length > 0) throw new BadNumber(wides[0]!.index, 'edges', 'a number from 0 to 2^32 − 1', String(wides[0]!.value))
    if (this.count + rowCount > this.#capacity) this.#grow(this.count + rowCount)
    this.put(batch, 0, rowCount, this.count)
    this.count += rowCount
  }

  /** Writes `rowCount` rows, which begin at `batch[from]`, as the edges from `firstEdge` on. @throws BadNumber */
  put(batch: Uint32Array, from: number, rowCount: number, firstEdge: number): void {
    const { fields, kinds, type: typeAt, nameOrIndex: nameAt, toNode: targetAt } = this.#layout
    const nodeFields = this.#nodeFields
    const nodeCount = this.#nodeCount
    const { target, kind, name } = this
    let maxName = this.maxName
    let edge = firstEdge
    // Multiplying by a reciprocal that is a trace too big gives the quotient of every exact multiple; others are refused.
    const reciprocal = (1 + 2 ** -50) / nodeFields
    for (let row = 0, at = from; row < rowCount; row++, at += fields, edge++) {
      const type = batch[at + typeAt]!
      if (type >= kinds.length) this.#refuse(at + typeAt, edge, 'type', `a type below ${kinds.length}`, type)
      const edgeKind = kinds[type]!
      kind[edge] = edgeKind
      const nameOrIndex = batch[at + nameAt]!
      name[edge] = nameOrIndex
      if (nameOrIndex > maxName && edgeKind !== EDGE.element && edgeKind !== EDGE.hidden) maxName = nameOrIndex
      const place = batch[at + targetAt]!
      const node = (place * reciprocal) >>> 0
      target[edge] = node
      if (node * nodeFields !== place || node >= nodeCount) {
        this.#refuse(at + targetAt, edge, 'to_node', `a multiple of ${nodeFields} below ${nodeCount * nodeFields}`, place)
      }
    }
    this.maxName = maxName
  }

  /** How many edges there is room for; `put` must stay below. */
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
