import { checkGcLog } from './check-gc-log.ts'
import { GC_OPTIONAL_COLUMNS, type GcLog, type GcOptionalColumn, type Generation, GENERATIONS } from './gc-log.ts'
import { NumberColumn } from './number-column.ts'
import { addNotice, type Source } from './source.ts'
import { Interner } from './string-table.ts'

/** One collection as a reader knows it; what it leaves out is NaN. */
export interface Collection extends Partial<Record<GcOptionalColumn, number>> {
  generation: Generation
  cause?: string
  startMs?: number
  pauseMs?: number
  usedBeforeBytes?: number
  usedAfterBytes?: number
  committedAfterBytes?: number
  /** Which process or isolate; leave out when the log cannot tell. */
  stream?: string
}

const NUMBERS = ['startMs', 'pauseMs', 'usedBeforeBytes', 'usedAfterBytes', 'committedAfterBytes', ...GC_OPTIONAL_COLUMNS] as const
type NumberName = (typeof NUMBERS)[number]

/**
 * Makes a `GcLog`: readers add collections in the order of the log and may fill in more of one later (`change`), and
 * count every line as recognized or other. Memory: 8 bytes for each number that a collection's lines tell, and
 * 24 more a collection; lines that tell none cost nothing.
 */
export class GcLogBuilder {
  readonly #source: Source
  readonly #interner = new Interner()
  readonly #generation: number[] = []
  readonly #cause: number[] = []
  readonly #stream: number[] = []
  readonly #columns = new Map<string, NumberColumn>(NUMBERS.map((name) => [name, new NumberColumn()]))
  #recognizedLines = 0
  #otherLines = 0

  constructor(source: Source) {
    this.#source = source
  }

  get collectionCount(): number {
    return this.#generation.length
  }

  /** The new collection's ordinal. */
  add(collection: Collection): number {
    const ordinal = this.#generation.length
    this.#generation.push(GENERATIONS.indexOf(collection.generation))
    this.#cause.push(this.#interner.number(collection.cause ?? ''))
    this.#stream.push(this.#interner.number(collection.stream ?? ''))
    this.#setNumbers(ordinal, collection)
    return ordinal
  }

  /** Fills in or corrects what a later line says of a collection. */
  change(ordinal: number, values: Partial<Collection>): void {
    if (values.generation !== undefined) this.#generation[ordinal] = GENERATIONS.indexOf(values.generation)
    if (values.cause !== undefined) this.#cause[ordinal] = this.#interner.number(values.cause)
    this.#setNumbers(ordinal, values)
  }

  /** Adds to a number that may still be unknown. */
  increase(ordinal: number, name: NumberName, by: number): void {
    const column = this.#column(name)
    const known = column.get(ordinal)
    column.set(ordinal, (Number.isNaN(known) ? 0 : known) + by)
  }

  number(ordinal: number, name: NumberName): number {
    return this.#column(name).get(ordinal)
  }

  recognized(): void {
    this.#recognizedLines++
  }

  /** A line that is no part of the log as we know it: counted, and the first one's place is told. */
  other(line: number): void {
    this.#otherLines++
    addNotice(this.#source, {
      code: 'other-lines',
      message: 'lines that are not part of the collector’s log, or of a kind not known here, were passed over',
      firstAt: `line ${line}`,
    })
  }

  build({ collector, heapLimitBytes }: { collector: string; heapLimitBytes?: number | undefined }): GcLog {
    const take = (name: NumberName): Float64Array => this.#column(name).take(this.collectionCount)
    const optional = Object.fromEntries(GC_OPTIONAL_COLUMNS.filter((name) => !this.#column(name).isEmpty).map((name) => [name, take(name)]))
    const severalStreams = this.#stream.some((stream) => stream !== this.#stream[0])
    const log: GcLog = {
      ...optional,
      source: this.#source,
      strings: this.#interner.table(),
      collector,
      collectionCount: this.collectionCount,
      startMs: take('startMs'),
      pauseMs: take('pauseMs'),
      generation: Uint8Array.from(this.#generation),
      cause: Uint32Array.from(this.#cause),
      usedBeforeBytes: take('usedBeforeBytes'),
      usedAfterBytes: take('usedAfterBytes'),
      committedAfterBytes: take('committedAfterBytes'),
      stream: severalStreams ? Uint32Array.from(this.#stream) : undefined,
      heapLimitBytes,
      recognizedLines: this.#recognizedLines,
      otherLines: this.#otherLines,
    }
    checkGcLog(log)
    return log
  }

  #setNumbers(ordinal: number, values: Partial<Collection>): void {
    let name: keyof Collection
    for (name in values) {
      const value = values[name]
      if (typeof value === 'number') this.#column(name).set(ordinal, value)
    }
  }

  #column(name: string): NumberColumn {
    const column = this.#columns.get(name)
    if (column === undefined) throw new Error(`gc log: no column ${name}`)
    return column
  }
}
