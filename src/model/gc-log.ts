import type { Source } from './source.ts'
import type { StringTable } from './string-table.ts'

/** How much of the heap a collection covered. The number in `generation` is the position in this list. */
export const GENERATIONS = ['minor', 'major', 'mixed'] as const
export type Generation = (typeof GENERATIONS)[number]

/** What the collector did; column[collection], in time order. NaN: the log does not say. */
export interface GcLog {
  readonly source: Source
  readonly strings: StringTable
  readonly collectionCount: number
  /** Since process start. */
  readonly startMs: Float64Array
  /** The program stood still. */
  readonly pauseMs: Float64Array
  /** Position in GENERATIONS. */
  readonly generation: Uint8Array
  /** String number. */
  readonly cause: Uint32Array
  readonly usedBeforeBytes: Float64Array
  /** After a major collection: the live floor. */
  readonly usedAfterBytes: Float64Array
  readonly committedAfterBytes: Float64Array
  /** The size at which the next collection starts (Go's goal, a limit), where the log tells. */
  readonly goalBytes?: Float64Array | undefined
  /** Concurrent work of the collector: wall time and CPU time. */
  readonly concurrentMs?: Float64Array | undefined
  readonly cpuMs?: Float64Array | undefined
  /** CPU the program itself had to spend marking (assists). */
  readonly assistCpuMs?: Float64Array | undefined
  /** Name of the collector: `G1`, `ZGC`, `go`, `v8`, … */
  readonly collector: string
  /** Lines recognised, and lines that were not, so that nothing is lost silently. */
  readonly recognizedLines: number
  readonly otherLines: number
}
