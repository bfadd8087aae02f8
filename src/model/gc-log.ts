import type { Source } from './source.ts'
import type { StringTable } from './string-table.ts'
import type { ValueHistogram } from './value-histogram.ts'

/**
 * How much of the heap a collection covered. The number in `generation` is the position in this list.
 * Mixed: the young generation and a part of the old one, or a concurrent cycle that does not compact everything.
 */
export const GENERATIONS = ['minor', 'major', 'mixed'] as const
export type Generation = (typeof GENERATIONS)[number]

/** The columns a log may lack; all in the order of the collections, NaN where one line does not say. */
export const GC_OPTIONAL_COLUMNS = [
  'goalBytes', // the size at which the next collection is due (Go's goal, V8's old-generation limit)
  'liveBytes', // what marking found alive, where the log tells it apart from "used after"
  'peakBytes', // in use when a concurrent collection ended
  'stackBytes', // Go ≥ 1.18: part of the pacer's root set
  'globalBytes', // Go ≥ 1.18: part of the pacer's root set
  'concurrentMs', // wall time of work beside the program
  'cpuMs', // CPU time of the whole collection, assists included
  'assistCpuMs', // CPU the program itself had to spend marking
  'processors', // GOMAXPROCS, or GC workers
  'promotedBytes', // moved to the old generation
  'objectCount', // tracked objects when it began (CPython)
  'allocatedBytes', // allocated since the collection before it and while it ran: worked out by the builder
  'longestPauseMs', // of the collections that one row stands for; only where rows stand for several
] as const
/** Every column of numbers. */
export const GC_NUMBERS = ['startMs', 'pauseMs', 'usedBeforeBytes', 'usedAfterBytes', 'committedAfterBytes', ...GC_OPTIONAL_COLUMNS] as const
export type GcNumber = (typeof GC_NUMBERS)[number]
export type GcOptionalColumn = (typeof GC_OPTIONAL_COLUMNS)[number]

/** What is known of all collections of one process where single rows stand for several. */
export interface StreamTotals {
  readonly pauses: ValueHistogram
  /** String number of a cause → collections it started. */
  readonly causes: ReadonlyMap<number, number>
}

/**
 * What the collector did; column[row], in the order of the log. NaN: the log does not say.
 *
 * A row is a collection. Of a log with more than the builder's `MOST_ROWS` collections, neighbours of one stream and one
 * generation share a row, so that memory does not grow with the log: times, pauses, CPU, allocated and promoted bytes are
 * then their sums, what is left after them (`usedAfterBytes`, `liveBytes`) their least, since a floor is made of minima,
 * everything else their most; `startMs` is the earliest, `cause` the first one's.
 */
export interface GcLog extends Readonly<Partial<Record<GcOptionalColumn, Float64Array | undefined>>> {
  readonly source: Source
  readonly strings: StringTable
  /** Name of the collector: `G1`, `ZGC`, `go`, `v8`, `cpython`, … */
  readonly collector: string
  readonly collectionCount: number
  /** Length of every column; `collectionCount` where each row is one collection. */
  readonly rowCount: number
  /** How many collections a row stands for; absent: one each. */
  readonly collections?: Uint32Array | undefined
  /** By the string number of the stream, one entry where there is no such column; present with `collections`. */
  readonly totals?: ReadonlyMap<number, StreamTotals> | undefined
  /** Since process start, or since the first line where the log has only dates. */
  readonly startMs: Float64Array
  /** The program stood still: all pauses of the collection added up. */
  readonly pauseMs: Float64Array
  /** Position in GENERATIONS. */
  readonly generation: Uint8Array
  /** String number. */
  readonly cause: Uint32Array
  readonly usedBeforeBytes: Float64Array
  /** After a major collection: the live floor. */
  readonly usedAfterBytes: Float64Array
  readonly committedAfterBytes: Float64Array
  /** String number of the process or isolate that wrote the line; absent: one wrote them all. */
  readonly stream?: Uint32Array | undefined
  /** The most the heap may hold, where the log tells. */
  readonly heapLimitBytes?: number | undefined
  /** Lines understood, and lines that were not, so that nothing is lost silently. */
  readonly recognizedLines: number
  readonly otherLines: number
}
