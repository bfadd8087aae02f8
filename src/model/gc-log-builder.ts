import { checkGcLog } from './check-gc-log.ts'
import { GC_NUMBERS, GC_OPTIONAL_COLUMNS, type GcLog, type GcNumber, type GcOptionalColumn, type Generation, GENERATIONS, type StreamTotals } from './gc-log.ts'
import { GcRows } from './gc-rows.ts'
import { addNotice, type Source } from './source.ts'
import { Interner } from './string-table.ts'
import { ValueHistogram } from './value-histogram.ts'

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

/** Where a number stands in what `addNumbers` takes. */
export const GC_NUMBER_AT = Object.fromEntries(GC_NUMBERS.map((name, at) => [name, at])) as Record<GcNumber, number>

/** More collections than this share rows. */
export const MOST_ROWS = 1 << 17
/** Collections younger than this many are still open to `change`. */
export const OPEN_COLLECTIONS = 4096
/** Processes or isolates beyond these are taken for one: each costs a histogram. */
const MOST_STREAMS = 1024

/**
 * Makes a `GcLog`: readers add collections in the order of the log and may fill in more of the last `OPEN_COLLECTIONS`
 * (`change`), and count every line as recognized or other. Memory: 180 bytes a collection up to MOST_ROWS of them,
 * then no more, however long the log.
 */
export class GcLogBuilder {
  readonly #source: Source
  readonly #interner = new Interner()
  readonly #rows: GcRows
  readonly #streamNames = new Set<number>()
  readonly #leftBytes = new Map<number, number>()
  readonly #totals = new Map<number, { pauses: ValueHistogram; causes: Map<number, number> }>()
  readonly #given = new Float64Array(GC_NUMBERS.length)
  #recognizedLines = 0
  #otherLines = 0

  constructor(source: Source, { mostRows = MOST_ROWS, openCollections = OPEN_COLLECTIONS }: { mostRows?: number; openCollections?: number } = {}) {
    this.#source = source
    this.#rows = new GcRows({ mostRows, openRows: openCollections })
  }

  get collectionCount(): number {
    return this.#rows.added
  }

  /** The new collection's ordinal. */
  add(collection: Collection): number {
    const given = this.#given
    given.fill(Number.NaN)
    let name: keyof Collection
    for (name in collection) {
      const value = collection[name]
      if (typeof value === 'number') given[GC_NUMBER_AT[name as GcNumber]] = value
    }
    return this.addNumbers(GENERATIONS.indexOf(collection.generation), this.text(collection.cause ?? ''), this.stream(collection.stream ?? ''), given)
  }

  /** `add` for logs of millions of collections: texts by their numbers (`text`, `stream`), the rest in the order of GC_NUMBERS. */
  addNumbers(generation: number, cause: number, stream: number, numbers: Float64Array): number {
    if (this.#rows.isFull) this.#share()
    return this.#rows.add(generation, cause, stream, numbers)
  }

  /** The number of a cause. */
  text(text: string): number {
    return this.#interner.number(text)
  }

  /** The number of a process or isolate. */
  stream(name: string): number {
    const number = this.#interner.number(name)
    if (this.#streamNames.has(number)) return number
    if (this.#streamNames.size >= MOST_STREAMS) {
      addNotice(this.#source, { code: 'many-streams', message: `collections of processes or isolates beyond the first ${MOST_STREAMS} are counted as those of one` })
      return this.#interner.number('further processes')
    }
    this.#streamNames.add(number)
    return number
  }

  /** Fills in or corrects what a later line says of a collection. */
  change(ordinal: number, values: Partial<Collection>): void {
    const row = this.#rows.rowOf(ordinal)
    if (row === undefined) return // so old that it shares its row
    if (values.generation !== undefined) this.#rows.setGeneration(row, GENERATIONS.indexOf(values.generation))
    if (values.cause !== undefined) this.#rows.setCause(row, this.text(values.cause))
    let name: keyof Collection
    for (name in values) {
      const value = values[name]
      if (typeof value === 'number') this.#rows.set(row, GC_NUMBER_AT[name as GcNumber], value)
    }
  }

  /** Adds to a number that may still be unknown. */
  increase(ordinal: number, name: GcNumber, by: number): void {
    const row = this.#rows.rowOf(ordinal)
    if (row === undefined) return
    const known = this.#rows.get(row, GC_NUMBER_AT[name])
    this.#rows.set(row, GC_NUMBER_AT[name], (Number.isNaN(known) ? 0 : known) + by)
  }

  number(ordinal: number, name: GcNumber): number {
    const row = this.#rows.rowOf(ordinal)
    return row === undefined ? Number.NaN : this.#rows.get(row, GC_NUMBER_AT[name])
  }

  recognized(lines = 1): void {
    this.#recognizedLines += lines
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
    const rows = this.#rows
    const shares = rows.shares
    this.#settle(rows.count, shares)
    if (shares) {
      addNotice(this.#source, {
        code: 'shared-rows',
        count: rows.added,
        message: `collections, more than ${MOST_ROWS}: neighbours share rows. Counts, sums, extremes and floors stay exact; percentiles of pauses are within 0.5 %`,
      })
    }
    const optional = Object.fromEntries(GC_OPTIONAL_COLUMNS.filter((name) => rows.tells(GC_NUMBER_AT[name])).map((name) => [name, rows.column(GC_NUMBER_AT[name])]))
    const column = (name: GcNumber): Float64Array => rows.column(GC_NUMBER_AT[name])
    const log: GcLog = {
      ...optional,
      source: this.#source,
      strings: this.#interner.table(),
      collector,
      collectionCount: rows.added,
      rowCount: rows.count,
      collections: shares ? rows.collections() : undefined,
      totals: shares ? new Map<number, StreamTotals>(this.#totals) : undefined,
      startMs: column('startMs'),
      pauseMs: column('pauseMs'),
      generation: rows.generations(),
      cause: rows.causes(),
      usedBeforeBytes: column('usedBeforeBytes'),
      usedAfterBytes: column('usedAfterBytes'),
      committedAfterBytes: column('committedAfterBytes'),
      stream: this.#streamNames.size > 1 ? rows.streams() : undefined,
      heapLimitBytes,
      recognizedLines: this.#recognizedLines,
      otherLines: this.#otherLines,
    }
    checkGcLog(log)
    return log
  }

  /** Makes room: rows that no line can change any more are counted in the totals and put together. */
  #share(): void {
    this.#settle(this.#rows.firstOpen, true)
    this.#rows.share()
  }

  /** Works out, in the order of the log, what rests on the collection before, and counts what sharing a row would lose. */
  #settle(to: number, counts: boolean): void {
    const rows = this.#rows
    for (let row = rows.settled; row < to; row++) {
      const stream = rows.streamOf(row)
      const left = this.#leftBytes.get(stream)
      const before = rows.get(row, GC_NUMBER_AT.usedBeforeBytes)
      const after = rows.get(row, GC_NUMBER_AT.usedAfterBytes)
      const peak = rows.get(row, GC_NUMBER_AT.peakBytes)
      // What is in use before a collection, less what the one before it left; and what came while a concurrent one ran.
      if (!Number.isNaN(before)) rows.set(row, GC_NUMBER_AT.allocatedBytes, Math.max(0, before - (left ?? 0)) + (peak > before ? peak - before : 0))
      if (!Number.isNaN(after)) this.#leftBytes.set(stream, after)
      if (counts) this.#count(row, stream)
    }
    rows.settled = to
  }

  #count(row: number, stream: number): void {
    let totals = this.#totals.get(stream)
    if (totals === undefined) {
      totals = { pauses: new ValueHistogram(), causes: new Map() }
      this.#totals.set(stream, totals)
    }
    const pause = this.#rows.get(row, GC_NUMBER_AT.pauseMs)
    if (!Number.isNaN(pause)) {
      totals.pauses.add(pause)
      this.#rows.set(row, GC_NUMBER_AT.longestPauseMs, pause)
    }
    const cause = this.#rows.causeOf(row)
    totals.causes.set(cause, (totals.causes.get(cause) ?? 0) + 1)
  }
}
