import type { AllocationProfile } from '../../model/allocation-profile.ts'
import type { Run } from '../../base/run.ts'
import type { Capture } from '../../probes/heap-capture.ts'
import type { Operation } from '../hunt/operation.ts'
import type { Explained } from '../hunt/explain-growth.ts'
import type { Measured } from '../hunt/measure.ts'

/** What a runtime says of its memory when everything is collected. */
export interface Reading {
  heapUsedBytes: number
  rssBytes: number
  goroutineCount?: number | undefined
  stackBytes?: number | undefined
}

export interface MarkOptions {
  snapshots: 'careful' | 'forced'
}

/** How a program of one runtime is looked at while a hunt repeats its operation. */
export interface Witness {
  /** As `Source` spells it. */
  readonly runtime: 'jvm' | 'cpython' | 'go'
  /** As a person calls it: `Java`. */
  readonly title: string
  readonly version: string
  readonly pid: number
  /** Where the numbers come from; stands in the report's source. */
  readonly format: string
  /** One full collection, then a look. */
  collectAndRead(run: Run): Promise<Reading>
  /** What can be compared later, as a file of this name without its ending. @throws ProbeError when it would cost too much */
  mark(stem: string, options: MarkOptions, run: Run): Promise<Capture>
  /** Lines that allocate what lives, from one more round; for runtimes that pay for it only then. */
  traceRound?: ((perform: () => Promise<void>, stem: string, run: Run) => Promise<AllocationProfile | undefined>) | undefined
  /** What grew over the marks, judged together with the floors. */
  explain(measured: Measured, operation: Operation, run: Run): Promise<Explained>
  close(): Promise<void>
}
