import type { Run } from '../../base/run.ts'

/** What came of a batch of operations. */
export interface BatchOutcome {
  /** How many were done, failed ones included. Exact for requests and modules, read off the program's own counter else. */
  operations: number
  failed: number
  firstFailure?: string | undefined
}

/**
 * What is repeated in every round. `perform` does a number of operations and answers when all are done; `rest` lets go
 * of connections and the like, so that nothing of ours is in flight when memory is read.
 */
export interface Operation {
  /** What one of them is called in reports: `request`, `operation`, `second`. */
  readonly noun: 'request' | 'operation' | 'second'
  /** `operation`: counts are real, so objects per operation can be told. `second`: rounds are time. */
  readonly per: 'operation' | 'second'
  /** The program works on its own clock, also while we measure. */
  readonly selfDriven: boolean
  perform(count: number, run: Run): Promise<BatchOutcome>
  /** Operations done since the start, now. */
  done(): number
  /** The program stood still for so long (a collection, a snapshot): a clock that counts its work must not run on. */
  discount(ms: number): void
  rest(): Promise<void>
  close(): Promise<void>
}
