import type { AllocationProfile } from '../../model/allocation-profile.ts'
import { NONE } from '../../model/heap-graph.ts'
import type { Source } from '../../model/source.ts'
import type { StringTable } from '../../model/string-table.ts'
import type { Header } from './header.ts'
import { BadNumber, BadText, foundByte, valuesOf, type Wide } from './number-rows.ts'

/** Rows of `trace_function_infos`: the functions the tree speaks of. */
export class TraceFunctions {
  readonly #layout: NonNullable<Header['traceFunction']>
  readonly name: number[] = []
  readonly script: number[] = []
  readonly line: number[] = []
  readonly column: number[] = []

  constructor(layout: NonNullable<Header['traceFunction']>) {
    this.#layout = layout
  }

  /** @throws BadNumber */
  add(numbers: Uint32Array, rowCount: number, wides: readonly Wide[]): void {
    const batch = valuesOf(numbers, rowCount * this.#layout.fields, wides)
    const layout = this.#layout
    for (let row = 0, at = 0; row < rowCount; row++, at += layout.fields) {
      for (const [field, column] of [['name', this.name], ['scriptName', this.script], ['line', this.line], ['column', this.column]] as const) {
        const value = batch[at + layout[field]]!
        // Old versions write −1 where line or column is unknown; 0 says so in the newer ones and here.
        const isPlace = field === 'line' || field === 'column'
        if (!(value >= 0 && value < NONE) && !isPlace) throw new BadNumber(at + layout[field], `trace_function_infos[${this.name.length}].${field}`, 'a string number', String(value))
        column.push(value >= 0 && value < NONE ? value : 0)
      }
    }
  }
}

/**
 * Scans the nested `trace_tree` without recursion: rows of `id, function_info_index, count, size, [children]`.
 * Sites are numbered as they come, so a parent's number is below its children's.
 */
export class TraceTree {
  readonly #layout: NonNullable<Header['traceNode']>
  readonly #row: number[] = []
  readonly #parents: number[] = []
  #value = NaN
  #digits = 0
  readonly id: number[] = []
  readonly functionInfo: number[] = []
  readonly count: number[] = []
  readonly size: number[] = []
  readonly parent: number[] = []
  isDone = false
  #hasBegun = false

  constructor(layout: NonNullable<Header['traceNode']>) {
    this.#layout = layout
  }

  /** Returns where it stopped: behind the closing bracket, or at the end of the chunk. @throws BadText */
  push(bytes: Uint8Array, from: number, to: number): number {
    for (let at = from; at < to; at++) {
      const byte = bytes[at]!
      if (byte >= 48 && byte <= 57) {
        this.#value = this.#digits === 0 ? byte - 48 : this.#value * 10 + (byte - 48)
        if (++this.#digits > 20) throw new BadText(at, 'a number of at most 20 digits', 'a longer one')
        continue
      }
      if (this.#digits > 0) {
        this.#row.push(this.#value)
        this.#digits = 0
        if (this.#row.length > this.#layout.fields) throw new BadText(at, 'a list of children', 'a number')
      }
      if (byte === 91) this.#open(at)
      else if (byte === 93) {
        if (this.#row.length > 0) throw new BadText(at, 'a whole row of the tree', 'its end')
        if (this.#parents.length === 0) {
          this.isDone = true
          return at + 1
        }
        this.#parents.pop()
        if (this.#parents.length === 0) {
          this.isDone = true
          return at + 1
        }
      } else if (byte !== 44 && byte !== 10 && byte !== 32 && byte !== 13 && byte !== 9) {
        throw new BadText(at, 'a number, a comma or a bracket', foundByte(bytes, at))
      }
    }
    return to
  }

  #open(at: number): void {
    if (!this.#hasBegun) {
      this.#hasBegun = true
      this.#parents.push(NONE)
      return
    }
    const layout = this.#layout
    if (this.#row.length !== layout.fields) throw new BadText(at, `${layout.fields} numbers before the children`, String(this.#row.length))
    const parent = this.#parents.at(-1)!
    this.id.push(this.#row[layout.id]!)
    this.functionInfo.push(this.#row[layout.functionInfo]!)
    this.count.push(this.#row[layout.count]!)
    this.size.push(this.#row[layout.size]!)
    this.parent.push(parent)
    this.#parents.push(this.id.length - 1)
    this.#row.length = 0
  }
}

/**
 * The allocation profile of a timeline: every stack that allocated, what it allocated in all, and what of it lives.
 * The tree's own counts are all allocations, freed or not; live values are added up from the nodes.
 */
export function allocationsOf(
  tree: TraceTree,
  functions: TraceFunctions,
  nodes: { count: number; bytes: ArrayLike<number>; traceNodeId: Uint32Array },
  source: Source,
  strings: StringTable,
): { profile: AllocationProfile; siteOfNode: Uint32Array } | undefined {
  const rows = tree.id.length
  if (rows === 0) return undefined
  // The tree's first row is its root; anything beside it hangs below it.
  const siteParent = Uint32Array.from(tree.parent, (parent) => (parent === NONE ? 0 : parent))
  const siteFrame = Uint32Array.from(tree.functionInfo, (info, site) => (site === 0 || info >= functions.name.length ? NONE : info))
  let lastId = 0
  for (const id of tree.id) if (id > lastId && id < 16 * rows + 65_536) lastId = id
  const siteOfId = new Uint32Array(lastId + 1).fill(NONE)
  for (const [site, id] of tree.id.entries()) if (id <= lastId) siteOfId[id] = site
  const liveBytes = new Float64Array(rows)
  const liveCount = new Float64Array(rows)
  const siteOfNode = new Uint32Array(nodes.count)
  for (let node = 0; node < nodes.count; node++) {
    const id = nodes.traceNodeId[node]!
    const site = id === 0 || id > lastId ? NONE : siteOfId[id]!
    siteOfNode[node] = site
    if (site === NONE) continue
    liveBytes[site]! += nodes.bytes[node]!
    liveCount[site]! += 1
  }
  const stringNumber = (number: number): number => (number < strings.count ? number : NONE)
  return {
    siteOfNode,
    profile: {
      source,
      strings,
      frames: {
        functionName: Uint32Array.from(functions.name, (number) => (number < strings.count ? number : 0)),
        file: Uint32Array.from(functions.script, (number) => (number === 0 || (number < strings.count && strings.get(number) === '') ? NONE : stringNumber(number))),
        line: Uint32Array.from(functions.line),
        column: Uint32Array.from(functions.column),
      },
      siteCount: rows,
      siteParent,
      siteFrame,
      liveBytes,
      liveCount,
      allocatedBytes: Float64Array.from(tree.size),
      allocatedCount: Float64Array.from(tree.count),
      unit: 'objects',
    },
  }
}
