import { checkGcLog } from './check-gc-log.ts'
import { GC_OPTIONAL_COLUMNS, type GcLog, type GcOptionalColumn, type Generation, GENERATIONS } from './gc-log.ts'
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

/**
 * Makes a `GcLog`: readers add collections in the order of the log and may fill in more of one later (`change`), and
 * count every line as recognized or other.
 */
export class GcLogBuilder {
  readonly #source: Source
  readonly #interner = new Interner()
  readonly #generation: number[] = []
  readonly #cause: number[] = []
  readonly #stream: number[] = []
  readonly #numbers: Record<(typeof NUMBERS)[number], number[]>
  #recognizedLines = 0
  #otherLines = 0

  constructor(source: Source) {
    this.#source = source
    this.#numbers = Object.fromEntries(NUMBERS.map((name) => [name, []])) as unknown as Record<(typeof NUMBERS)[number], number[]>
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
    for (const name of NUMBERS) this.#numbers[name].push(collection[name] ?? Number.NaN)
    return ordinal
  }

  /** Fills in or corrects what a later line says of a collection. */
  change(ordinal: number, values: Partial<Collection>): void {
    if (values.generation !== undefined) this.#generation[ordinal] = GENERATIONS.indexOf(values.generation)
    if (values.cause !== undefined) this.#cause[ordinal] = this.#interner.number(values.cause)
    for (const name of NUMBERS) {
      const value = values[name]
      if (value !== undefined) this.#numbers[name][ordinal] = value
    }
  }

  /** Adds to a number that may still be unknown. */
  increase(ordinal: number, name: (typeof NUMBERS)[number], by: number): void {
    const known = this.#numbers[name][ordinal]!
    this.#numbers[name][ordinal] = (Number.isNaN(known) ? 0 : known) + by
  }

  number(ordinal: number, name: (typeof NUMBERS)[number]): number {
    return this.#numbers[name][ordinal]!
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
    const optional = Object.fromEntries(
      GC_OPTIONAL_COLUMNS.filter((name) => this.#numbers[name].some((value) => !Number.isNaN(value))).map((name) => [
        name,
        Float64Array.from(this.#numbers[name]),
      ]),
    )
    const severalStreams = this.#stream.some((stream) => stream !== this.#stream[0])
    const log: GcLog = {
      ...optional,
      source: this.#source,
      strings: this.#interner.table(),
      collector,
      collectionCount: this.collectionCount,
      startMs: Float64Array.from(this.#numbers.startMs),
      pauseMs: Float64Array.from(this.#numbers.pauseMs),
      generation: Uint8Array.from(this.#generation),
      cause: Uint32Array.from(this.#cause),
      usedBeforeBytes: Float64Array.from(this.#numbers.usedBeforeBytes),
      usedAfterBytes: Float64Array.from(this.#numbers.usedAfterBytes),
      committedAfterBytes: Float64Array.from(this.#numbers.committedAfterBytes),
      stream: severalStreams ? Uint32Array.from(this.#stream) : undefined,
      heapLimitBytes,
      recognizedLines: this.#recognizedLines,
      otherLines: this.#otherLines,
    }
    checkGcLog(log)
    return log
  }
}
