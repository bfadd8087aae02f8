import type { LabelCounts } from './counts.ts'

/**
 * One watched object, as it stands in the heap of the watched program. These records are the marker: any heap snapshot
 * of the process holds them, and `object -> (WeakMap entry) -> StillhereStub -> stillhereRecord -> record` leads from
 * every object that is still here to its record.
 *
 * What a snapshot must be able to read is kept in flat strings: small integers and doubles have no node in a default
 * snapshot, and a joined string shows as "(concatenated string)". Minifiers rename classes but not fields, so readers
 * look for the fields `stillhereTicket`, `stillhereBatch` and `stillhereRecord`.
 */
export class StillhereWatchRecord {
  /** The name of this watch; `NO_TICKET` until somebody wants to know. */
  stillhereTicket = NO_TICKET
  readonly stillhereBatch: StillhereBatch
  state: WatchState = 'waiting'
  /** Position in the watcher's list; −1 when it is no longer there. */
  slot = -1
  /** How often the same object was given to us. */
  times = 1
  /** A snapshot has shown it: it is not reported again. */
  explained = false
  waiters: ((answer: Answer) => void)[] | undefined = undefined

  constructor(batch: StillhereBatch) {
    this.stillhereBatch = batch
  }
}

/** A text of one character costs nothing: V8 has it once. */
export const NO_TICKET = '-'

/** What watches have in common that were asked for at the same time with the same words: so a record stays small. */
export class StillhereBatch {
  readonly label: string
  /** Milliseconds since the epoch, in digits. */
  readonly watchedAt: string
  /** Milliseconds they may take to go away, in digits. */
  readonly within: string
  /** Where the watch was asked for; only for some, and then for one. */
  readonly stack: string | undefined
  /** For a string that is looked for by content: how it starts. Such a watch has no object. */
  readonly content: string | undefined
  readonly tags: string | undefined
  /** `performance.now()` from which on they are expected to be gone. */
  readonly dueMs: number
  readonly minCollections: number
  /** What their label is counted by. */
  readonly counts: LabelCounts
  /** `performance.now()` of the sweep that found them overdue. */
  overdueMs = 0

  constructor(given: Omit<StillhereBatch, 'overdueMs'>) {
    this.label = given.label
    this.watchedAt = given.watchedAt
    this.within = given.within
    this.stack = given.stack
    this.content = given.content
    this.tags = given.tags
    this.dueMs = given.dueMs
    this.minCollections = given.minCollections
    this.counts = given.counts
  }
}

/**
 * Lives as long as the watched object, whose WeakMap entry is all that holds it. The registry is asked to tell when the
 * stub dies, not the object: V8's young collections up to Node 24 keep what a WeakRef or a registry refers to, but not
 * the key of a WeakMap. So a watched object dies as young as an unwatched one, and only the stub waits.
 */
export class StillhereStub {
  readonly stillhereRecord: StillhereWatchRecord

  constructor(record: StillhereWatchRecord) {
    this.stillhereRecord = record
  }
}

/** Gone: collected in time. Late: collected, but only after it was found overdue. Retained: still here. */
export type Answer = 'gone' | 'late' | 'retained' | 'undecided'

/** Waiting → overdue (due, and enough major collections since) → retained. Dropped: given up because of the cap. */
export type WatchState = 'waiting' | 'overdue' | 'retained' | 'gone' | 'late' | 'dropped'

/** Beside the records: what the time was when the process last looked, so that a snapshot can tell their ages. */
export class StillhereClock {
  stillhereNow: string

  constructor(now: string) {
    this.stillhereNow = now
  }
}
