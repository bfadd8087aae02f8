import { AsyncResource } from 'node:async_hooks'
import { safeText } from '../base/safe-text.ts'
import { Counts } from './counts.ts'
import type { LabelCounts } from './counts.ts'
import { flat, LabelTable } from './label-table.ts'
import { MajorCollections, MAX_COLLECTIONS, Witness } from './major-collections.ts'
import { laterTurn, loadForcedCollection, pause } from './force-collection.ts'
import { captureStack } from './watch-stack.ts'
import { NO_TICKET, StillhereBatch, StillhereClock, StillhereStub, StillhereWatchRecord } from './watch-record.ts'
import type { Answer } from './watch-record.ts'
import type { WatcherSettings } from './watch-settings.ts'

/** What one call says about its object. */
export interface WatchOptions {
  label?: string | undefined
  /** Milliseconds after which it should be gone; default of the settings. */
  within?: number | undefined
  /** Major collections that must begin after that before it counts as overdue; at most 31. */
  minCollections?: number | undefined
  /** Keep the stack of one watch in this many; 0 keeps none. */
  stack?: number | undefined
  /** Short words that go with it into events and reports: `{ route: '/login' }`. */
  tags?: Readonly<Record<string, string>> | undefined
}

/** Told of what happens; the watcher itself knows neither channels nor snapshots. */
export interface WatcherListener {
  onAnswer?(record: StillhereWatchRecord, answer: Answer): void
  onDropped?(record: StillhereWatchRecord): void
  onError?(error: unknown): void
}

const TICK_MS = 1000
/** Pauses between forced collections: patient like goleak, first quick, then up to a tenth of a second. */
const LONGEST_PAUSE_MS = 100
const FORCED_ROUNDS = 4
const MOST_FOR_SMALL_TABLES = 1000
/** For so long watches with the same words count as asked for at the same time. */
const BATCH_MS = 100

/**
 * Holds objects weakly and finds out whether they go away, without ever looking at them.
 *
 * Method: the object is a key of a WeakMap whose value, a stub, is held by nothing else; a FinalizationRegistry tells when
 *   the stub is collected, and with that the object. So most watches end without being looked at, and an object is not
 *   kept for a moment longer than without us (a WeakRef would: to the end of the job, and through young collections).
 *   A record is overdue when its time is up *and* `minCollections` major collections began after that; retained when one
 *   more began and the registry, which tells of everything that a collection freed in one go, has not told of it.
 * Cost: a WeakMap entry, a registry entry, a stub and a record for each object; one unref'ed timer for all.
 *   A sweep visits every record, at most once a second and only after a major collection.
 * Over 400 lines: tables, registry and timer change together on every watch; parted, each would have to show the others its insides.
 */
export class Watcher {
  readonly counts = new Counts()
  readonly clock: StillhereClock
  readonly #settings: WatcherSettings
  readonly #listener: WatcherListener
  readonly #labels = new LabelTable()
  readonly #records: StillhereWatchRecord[] = []
  #stubs = new WeakMap<WeakKey, StillhereStub>()
  #registry: FinalizationRegistry<StillhereWatchRecord | Witness>
  /** Objects that the registry has yet to tell of, and the most there were since the tables were new. */
  #registered = 0
  #mostRegistered = 0
  readonly #collections = new MajorCollections()
  /** Where timers and observers are made: in a request they would hold its AsyncLocalStorage stores for as long as we live. */
  readonly #outside = new AsyncResource('stillhere')
  #nextTicket = 1
  /** By label, of watches without options of their own; all begun before the moment below. */
  readonly #batches = new Map<string, StillhereBatch>()
  #batchesUntilMs = 0
  #sinceStack = 0
  /** What stands for the watches of a label that were turned away. */
  readonly #away = new Map<string, StillhereWatchRecord>()
  /** When the clock was set, by `performance.now()`. */
  #clockMs = 0
  #lastWithin = { ms: -1, text: '' }
  /** Watches offered since the list was last below its cap: the population that the list is a fair sample of. */
  #offered = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #collectedSinceSweep = false
  #forcedCollection: Promise<() => Promise<void>> | undefined
  /** The collection that is under way; answers that are forced at the same time share it. */
  #collecting: Promise<void> | undefined
  #patient: { untilMs: number; giveUp: () => void }[] = []

  constructor(settings: WatcherSettings, listener: WatcherListener = {}) {
    this.#settings = settings
    this.#listener = listener
    this.clock = new StillhereClock(epochDigits())
    this.#registry = this.#newRegistry()
  }

  get settings(): WatcherSettings {
    return this.#settings
  }

  /** Objects that are watched now. */
  get size(): number {
    return this.#records.length
  }

  records(): readonly StillhereWatchRecord[] {
    return this.#records
  }

  /** Begins to watch; an object that is watched already keeps its record and its deadline. Throws nothing of ours. */
  watch(object: WeakKey, label: string | undefined, options: WatchOptions | undefined, above: (...given: never[]) => unknown): StillhereWatchRecord {
    const known = this.#stubs.get(object)?.stillhereRecord
    if (known !== undefined && known.state !== 'dropped') {
      known.times++
      return known
    }
    const safeLabel = this.#labels.labelFor(label, object)
    const place = this.#placeForOneMore()
    if (place === undefined) return this.#turnedAway(safeLabel)
    const record = new StillhereWatchRecord(this.#batchFor(safeLabel, options, above))
    this.#admit(record, place)
    const stub = new StillhereStub(record)
    this.#stubs.set(object, stub)
    // Without a token to take it back: that would cost more than the rest. What is dropped is told of in vain.
    this.#registry.register(stub, record)
    if (++this.#registered > this.#mostRegistered) this.#mostRegistered = this.#registered
    return record
  }

  /** Remembers a text that no string of the heap should begin with any more; only a snapshot can answer. */
  watchContent(content: string, label: string, options: WatchOptions, above: (...given: never[]) => unknown): StillhereWatchRecord {
    // With a sign before it, so that the marker itself never begins with what is looked for.
    const record = new StillhereWatchRecord(this.#newBatch(this.#labels.labelFor(label, undefined), flat(`=${content.slice(0, 1000)}`), options, above))
    this.#admit(record, this.#placeForOneMore() ?? 0)
    return record
  }

  /** A record of something that cannot be watched: its answer is `undecided` from the start. */
  refused(label: string): StillhereWatchRecord {
    const record = new StillhereWatchRecord(new StillhereBatch({ label, watchedAt: this.clock.stillhereNow, within: '0', stack: undefined, content: undefined, tags: undefined, dueMs: 0, minCollections: 0, counts: UNCOUNTED }))
    record.state = 'dropped'
    return record
  }

  /**
   * What became of the object, as far as can be known without forcing anything. `undecided` when `patienceMs` went by
   * after its time was up and there were too few collections to judge. Keeps no process alive.
   */
  awaitAnswer(record: StillhereWatchRecord, patienceMs: number): Promise<Answer> {
    const known = settled(record)
    if (known !== undefined) return Promise.resolve(known)
    return new Promise((resolve) => {
      this.#whenSettled(record, resolve)
      this.#patient.push({ untilMs: Math.max(record.stillhereBatch.dueMs, performance.now()) + patienceMs, giveUp: () => resolve('undecided') })
      this.#arm()
    })
  }

  /**
   * Forces collections until every record is settled or `patienceMs` is over, with growing pauses. For tests: it holds
   * the event loop and collects the whole heap several times.
   */
  async forceAnswers(records: readonly StillhereWatchRecord[], patienceMs: number): Promise<void> {
    const startedMs = performance.now()
    const isOpen = (record: StillhereWatchRecord): boolean => record.stillhereBatch.content === undefined && (record.state === 'waiting' || record.state === 'overdue')
    for (let round = 0; records.some(isOpen); round++) {
      // No frame of the job that made the watch may be on the stack, and the registry has a turn after the collection.
      await laterTurn()
      this.#awaitCollection()
      await (this.#collecting ??= this.#collect())
      await laterTurn()
      await laterTurn()
      const late = performance.now() - startedMs > patienceMs
      if (late && round >= FORCED_ROUNDS) break
      await pause(Math.min(2 ** round - 1, LONGEST_PAUSE_MS))
    }
    // Only when the registry has been heard; otherwise nothing is known yet.
    if (this.#collections.sawSince(startedMs, 1)) for (const record of records) if (isOpen(record)) this.#settle(record, 'retained')
  }

  /** The watches have been shown in a snapshot: they leave the list, so that none is reported twice. */
  close(records: readonly StillhereWatchRecord[]): void {
    for (const record of records) {
      record.explained = true
      this.#remove(record)
    }
  }

  /** Forgets everything and stops the timer; objects watched so far get no more answers. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    while (this.#records.length > 0) this.#drop(this.#records.at(-1)!)
    this.#newTables()
    for (const waiting of this.#patient.splice(0)) waiting.giveUp()
  }

  #newRegistry(): FinalizationRegistry<StillhereWatchRecord | Witness> {
    const registry = new FinalizationRegistry<StillhereWatchRecord | Witness>((told) => {
      // What a registry that was given up still tells is of no interest.
      if (registry === this.#registry) this.#guard(() => this.#told(told))
    })
    return registry
  }

  #told(told: StillhereWatchRecord | Witness): void {
    if (told instanceof Witness) {
      // Counted a turn later, when the registry is through with all that this collection freed.
      if (this.#collections.told(told)) this.#outside.runInAsyncScope(() => setImmediate(() => this.#guard(() => this.#countCollection())).unref())
      if (this.#isNeeded) this.#awaitCollection()
      return
    }
    this.#registered--
    this.#collected(told)
    // Weak tables never shrink by collections alone; when the last object of many has gone, new ones take their place.
    if (this.#registered === 0 && this.#mostRegistered >= MOST_FOR_SMALL_TABLES) this.#newTables()
  }

  #newTables(): void {
    this.#registered = 0
    this.#mostRegistered = 0
    this.#stubs = new WeakMap()
    this.#registry = this.#newRegistry()
    this.#collections.forget()
    if (this.#isNeeded) this.#awaitCollection()
  }

  get #isNeeded(): boolean {
    return this.#records.length > 0 || this.#patient.length > 0
  }

  #awaitCollection(): void {
    this.#collections.await(this.#registry, performance.now())
  }

  #countCollection(): void {
    this.#collections.count()
    this.#collectedSinceSweep = true
    this.#arm()
  }

  /** Watches of one moment with the same words share a batch. Whose stack is kept stands alone. */
  #batchFor(label: string, options: WatchOptions | undefined, above: (...given: never[]) => unknown): StillhereBatch {
    const nowMs = performance.now()
    const stackEvery = options?.stack ?? this.#settings.stack
    const keepsStack = stackEvery >= 1 && ++this.#sinceStack >= stackEvery
    const isPlain = !keepsStack && (options === undefined || (options.tags === undefined && options.within === undefined && options.minCollections === undefined))
    const latest = isPlain ? this.#batches.get(label) : undefined
    if (latest !== undefined && nowMs < this.#batchesUntilMs) return latest
    if (nowMs >= this.#batchesUntilMs) {
      this.#batches.clear()
      this.#batchesUntilMs = nowMs + BATCH_MS
    }
    const batch = this.#newBatch(label, undefined, options, keepsStack ? above : undefined)
    if (isPlain) this.#batches.set(label, batch)
    return batch
  }

  #newBatch(label: string, content: string | undefined, options: WatchOptions | undefined, above: ((...given: never[]) => unknown) | undefined): StillhereBatch {
    const settings = this.#settings
    const nowMs = performance.now()
    if (nowMs - this.#clockMs >= BATCH_MS) this.#setClock(nowMs)
    if (above !== undefined) this.#sinceStack = 0
    const within = finiteOr(options?.within, settings.within)
    return new StillhereBatch({
      label,
      watchedAt: this.clock.stillhereNow,
      within: this.#withinText(within),
      stack: above === undefined ? undefined : captureStack(above),
      content,
      tags: options?.tags === undefined ? undefined : tagText(options.tags),
      // The last of a batch has its time, too.
      dueMs: nowMs + within + BATCH_MS,
      minCollections: Math.min(Math.max(0, Math.trunc(finiteOr(options?.minCollections, settings.minCollections))), MAX_COLLECTIONS - 1),
      counts: this.counts.of(label),
    })
  }

  /** The name of a watch, by which a snapshot and the program mean the same. */
  ticketOf(record: StillhereWatchRecord): string {
    if (record.stillhereTicket === NO_TICKET) record.stillhereTicket = String(this.#nextTicket++)
    return record.stillhereTicket
  }

  #setClock(nowMs: number): void {
    this.#clockMs = nowMs
    this.clock.stillhereNow = epochDigits()
  }

  /** Nearly all watches have the same time: they share its text. */
  #withinText(within: number): string {
    if (this.#lastWithin.ms !== within) this.#lastWithin = { ms: within, text: String(Math.round(within)) }
    return this.#lastWithin.text
  }

  /**
   * Where a new watch may stand: at the end while there is room, in the place of another when the list is full, or
   * nowhere. Reservoir sampling (Vitter 1985, algorithm R): of all that were offered since, each is as likely to stay.
   */
  #placeForOneMore(): number | undefined {
    const { length } = this.#records
    if (length < this.#settings.cap) {
      this.#offered = 0
      return length
    }
    this.#offered = Math.max(this.#offered, length) + 1
    const place = Math.floor(Math.random() * this.#offered)
    return place < length ? place : undefined
  }

  #admit(record: StillhereWatchRecord, place: number): void {
    record.stillhereBatch.counts.watched++
    const replaced = this.#records[place]
    if (replaced !== undefined && this.#records.length >= this.#settings.cap) this.#drop(replaced)
    record.slot = this.#records.push(record) - 1
    if (!this.#collections.isAwaited) this.#awaitCollection()
    this.#arm()
  }

  #turnedAway(label: string): StillhereWatchRecord {
    // One record for all of a label: this is the way that is gone most when there is most to do.
    let record = this.#away.get(label)
    if (record === undefined) this.#away.set(label, (record = this.refused(label)))
    const counts = this.counts.of(label)
    counts.watched++
    counts.dropped++
    this.#listener.onDropped?.(record)
    return record
  }

  #drop(record: StillhereWatchRecord): void {
    this.#remove(record)
    record.state = 'dropped'
    record.stillhereBatch.counts.dropped++
    this.#listener.onDropped?.(record)
    tell(record, 'undecided')
  }

  #remove(record: StillhereWatchRecord): void {
    if (record.slot < 0) return
    const last = this.#records.pop()!
    if (last !== record) {
      this.#records[record.slot] = last
      last.slot = record.slot
    }
    record.slot = -1
  }

  #collected(record: StillhereWatchRecord): void {
    this.#remove(record)
    if (record.state === 'dropped' || record.state === 'gone' || record.state === 'late') return
    this.#settle(record, record.state === 'waiting' ? 'gone' : 'late')
  }

  #settle(record: StillhereWatchRecord, answer: 'gone' | 'late' | 'retained'): void {
    record.state = answer
    record.stillhereBatch.counts[answer]++
    this.#listener.onAnswer?.(record, answer)
    tell(record, answer)
  }

  #sweep(): void {
    const now = performance.now()
    for (const record of this.#records) {
      const batch = record.stillhereBatch
      if (batch.content !== undefined || now < batch.dueMs) continue
      if (record.state === 'waiting' && this.#collections.sawSince(batch.dueMs, batch.minCollections)) {
        record.state = 'overdue'
        batch.overdueMs = now
      } else if (record.state === 'overdue' && this.#collections.sawSince(batch.overdueMs, 1)) {
        this.#settle(record, 'retained')
      }
    }
  }

  #arm(): void {
    if (this.#timer !== undefined || !this.#isNeeded) return
    this.#timer = this.#outside.runInAsyncScope(() => setTimeout(() => this.#guard(() => this.#tick()), Math.min(TICK_MS, this.#settings.tickMs)).unref())
  }

  #tick(): void {
    this.#timer = undefined
    this.#setClock(performance.now())
    if (this.#collectedSinceSweep) {
      this.#collectedSinceSweep = false
      this.#sweep()
    }
    const now = performance.now()
    for (const waiting of this.#patient) if (waiting.untilMs <= now) waiting.giveUp()
    this.#patient = this.#patient.filter((waiting) => waiting.untilMs > now)
    if (this.#isNeeded) this.#awaitCollection()
    this.#arm()
  }

  async #collect(): Promise<void> {
    this.#forcedCollection ??= loadForcedCollection()
    const collect = await this.#forcedCollection
    await collect().finally(() => {
      this.#collecting = undefined
    })
  }

  #whenSettled(record: StillhereWatchRecord, resolve: (answer: Answer) => void): void {
    record.waiters ??= []
    record.waiters.push(resolve)
  }

  /** Timers and finalizers run in the program's event loop: nothing may be thrown into it. */
  #guard(work: () => void): void {
    try {
      work()
    } catch (error) {
      try {
        this.#listener.onError?.(error)
      } catch {
        // The listener's own trouble; there is nobody left to tell.
      }
    }
  }
}

const UNCOUNTED: LabelCounts = { watched: 0, gone: 0, late: 0, retained: 0, dropped: 0 }

/** The answer that stands, or undefined while there is none. */
export function settled(record: StillhereWatchRecord): Answer | undefined {
  if (record.state === 'gone' || record.state === 'late' || record.state === 'retained') return record.state
  return record.state === 'dropped' ? 'undecided' : undefined
}

function tell(record: StillhereWatchRecord, answer: Answer): void {
  const waiters = record.waiters
  record.waiters = undefined
  if (waiters !== undefined) for (const waiter of waiters) waiter(answer)
}

function epochDigits(): string {
  return String(Date.now())
}

function finiteOr(given: number | undefined, otherwise: number): number {
  return given !== undefined && Number.isFinite(given) && given >= 0 ? given : otherwise
}

function tagText(tags: Readonly<Record<string, string>>): string {
  return flat(Object.entries(tags).slice(0, 8).map(([key, value]) => `${safeText(key, 40)}=${safeText(String(value), 80)}`).join(' '))
}
