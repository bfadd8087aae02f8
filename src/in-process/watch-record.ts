/**
 * One watched object, as it stands in the heap of the watched program. The class is named so that no other program has
 * one, because these records are the marker: any heap snapshot of the process holds them, and
 * `StillhereWatchRecord -> ref -> WeakRef -> (weak) target` leads to every object that is still here.
 *
 * What a snapshot must be able to read is kept in flat strings: small integers and doubles have no node in a default
 * snapshot, and a joined string shows as "(concatenated string)". Minifiers rename the class but not its fields, so
 * readers look for the field `stillhereTicket`.
 */
export class StillhereWatchRecord {
  /** Never read outside `Watcher`: a successful `deref` keeps the object alive for the rest of the job. */
  readonly ref: WeakRef<WeakKey> | undefined
  readonly stillhereTicket: string
  readonly label: string
  /** Milliseconds since the epoch, in digits. */
  readonly watchedAt: string
  /** Milliseconds it may take to go away, in digits. */
  readonly within: string
  /** Where the watch was asked for; only for some. */
  readonly stack: string | undefined
  /** For a string that is looked for by content: how it starts. */
  readonly content: string | undefined
  readonly tags: string | undefined

  /** `performance.now()` from which on the object is expected to be gone. */
  dueMs: number
  minCollections: number
  /** `performance.now()` of the sweep that found it overdue. */
  overdueMs = 0
  state: WatchState = 'waiting'
  /** How often the same object was given to us. */
  times = 1
  /** Position in the watcher's list; −1 when it is no longer there. */
  slot = -1
  /** A snapshot has shown it: it is not reported again. */
  explained = false
  waiters: ((answer: Answer) => void)[] | undefined = undefined

  constructor(given: GivenRecord) {
    this.ref = given.ref
    this.stillhereTicket = given.ticket
    this.label = given.label
    this.watchedAt = given.watchedAt
    this.within = given.within
    this.stack = given.stack
    this.content = given.content
    this.tags = given.tags
    this.dueMs = given.dueMs
    this.minCollections = given.minCollections
  }
}

/** Gone: collected in time. Late: collected, but only after it was found overdue. Retained: still here. */
export type Answer = 'gone' | 'late' | 'retained' | 'undecided'

/** Waiting → overdue (due, and enough major collections since) → retained. Dropped: given up because of the cap. */
export type WatchState = 'waiting' | 'overdue' | 'retained' | 'gone' | 'late' | 'dropped'

interface GivenRecord {
  ref: WeakRef<WeakKey> | undefined
  ticket: string
  label: string
  watchedAt: string
  within: string
  stack: string | undefined
  content: string | undefined
  tags: string | undefined
  dueMs: number
  minCollections: number
}

/** Beside the records: what the time was when the process last looked, so that a snapshot can tell their ages. */
export class StillhereClock {
  stillhereNow: string

  constructor(now: string) {
    this.stillhereNow = now
  }
}
