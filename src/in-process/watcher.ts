import { AsyncResource } from 'node:async_hooks'
import { safeText } from '../base/safe-text.ts'
import { Counts } from './counts.ts'
import type { LabelCounts } from './counts.ts'
import { flat, LabelTable } from './label-table.ts'
import { MajorCollections, MAX_COLLECTIONS } from './major-collections.ts'
import { laterTurn, loadForcedCollection, pause } from './force-collection.ts'
import { captureStack } from './watch-stack.ts'
import { StillhereClock, StillhereWatchRecord } from './watch-record.ts'
import type { Answer } from './watch-record.ts'
import type { WatcherSettings } from './watch-settings.ts'

/** What one call says about its object. */
export interface WatchOptions {
  label?: string | undefined
  /** Milliseconds after which it should be gone; default of the settings. */
  within?: number | undefined
  /** Major collections that must begin after that before it counts as overdue; at most 32. */
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

/**
 * Holds objects weakly and finds out whether they go away.
 *
 * Method: one record for each object, dropped by a FinalizationRegistry when the object is collected; so most watches
 *   end without ever being looked at. A record is overdue when its time is up *and* `minCollections` major collections
 *   began after that; retained when it is still here after one more. Looking (`deref`) keeps an object alive to the
 *   end of the job and may mark it in a running incremental collection, so it is done once, last, in a job of its own.
 * Cost: about a WeakRef, a registry entry, a WeakMap entry and a record for each object; one unref'ed timer for all.
 *   A sweep visits every record, at most once a second and only after a major collection.
 */
export class Watcher {
  readonly counts = new Counts()
  readonly clock: StillhereClock
  readonly #settings: WatcherSettings
  readonly #listener: WatcherListener
  readonly #labels = new LabelTable()
  readonly #records: StillhereWatchRecord[] = []
  #byObject = new WeakMap<WeakKey, StillhereWatchRecord>()
  #registry: FinalizationRegistry<StillhereWatchRecord>
  /** Objects that the registry has yet to tell of, and the most there were since the tables were new. */
  #registered = 0
  #mostRegistered = 0
  readonly #collections: MajorCollections
  /** Where timers and observers are made: in a request they would hold its AsyncLocalStorage stores for as long as we live. */
  readonly #outside = new AsyncResource('stillhere')
  #nextTicket = 1
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
    this.#collections = new MajorCollections(() => {
      this.#collectedSinceSweep = true
      this.#arm()
    })
  }

  get settings(): WatcherSettings {
    return this.#settings
  }

  /** Objects that are watched now. */
  get size(): number {
    return this.#records.length
  }

  get total(): Readonly<LabelCounts> {
    return this.counts.total
  }

  records(): readonly StillhereWatchRecord[] {
    return this.#records
  }

  /** Begins to watch; an object that is watched already keeps its record and its deadline. Throws nothing of ours. */
  watch(object: WeakKey, options: WatchOptions, above: (...given: never[]) => unknown): StillhereWatchRecord {
    const known = this.#byObject.get(object)
    if (known !== undefined && known.state !== 'dropped') {
      known.times++
      return known
    }
    const place = this.#placeForOneMore()
    // Not even a WeakRef for what will not be watched: until the next major collection it would keep the object.
    if (place === undefined) return this.#turnedAway(this.#labels.labelFor(options.label, object))
    const record = this.#newRecord(new WeakRef(object), object, undefined, options, above)
    this.#admit(record, place)
    this.#byObject.set(object, record)
    this.#registry.register(object, record, record)
    this.#mostRegistered = Math.max(this.#mostRegistered, ++this.#registered)
    return record
  }

  /** Remembers a text that no string of the heap should begin with any more; only a snapshot can answer. */
  watchContent(content: string, options: WatchOptions, above: (...given: never[]) => unknown): StillhereWatchRecord {
    // With a sign before it, so that the marker itself never begins with what is looked for.
    const record = this.#newRecord(undefined, undefined, flat(`=${content.slice(0, 1000)}`), options, above)
    this.#admit(record, this.#placeForOneMore() ?? 0)
    return record
  }

  /** A record of something that cannot be watched: its answer is `undecided` from the start. */
  refused(label: string): StillhereWatchRecord {
    const record = this.#newRecord(undefined, undefined, undefined, { label, stack: 0 }, () => undefined)
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
      this.#patient.push({ untilMs: Math.max(record.dueMs, performance.now()) + patienceMs, giveUp: () => resolve('undecided') })
      this.#arm()
    })
  }

  /**
   * Forces collections until every record is settled or `patienceMs` is over, with growing pauses. For tests: it holds
   * the event loop and collects the whole heap several times.
   */
  async forceAnswers(records: readonly StillhereWatchRecord[], patienceMs: number): Promise<void> {
    const startedMs = performance.now()
    const isOpen = (record: StillhereWatchRecord): boolean => record.ref !== undefined && (record.state === 'waiting' || record.state === 'overdue')
    for (let round = 0; records.some(isOpen); round++) {
      // The job that made the WeakRef must be over before the collection, and the registry has a turn after it.
      await laterTurn()
      await (this.#collecting ??= this.#collect())
      await laterTurn()
      await laterTurn()
      const late = performance.now() - startedMs > patienceMs
      if (late && round >= FORCED_ROUNDS) break
      await pause(Math.min(2 ** round - 1, LONGEST_PAUSE_MS))
    }
    await laterTurn()
    for (const record of records) if (isOpen(record)) this.#judgePresent(record)
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
    this.#collections.stop()
    clearTimeout(this.#timer)
    this.#timer = undefined
    while (this.#records.length > 0) this.#drop(this.#records.at(-1)!)
    for (const waiting of this.#patient.splice(0)) waiting.giveUp()
  }

  #newRegistry(): FinalizationRegistry<StillhereWatchRecord> {
    return new FinalizationRegistry((record) => this.#guard(() => {
      this.#registered--
      this.#collected(record)
      this.#freeTables()
    }))
  }

  /** Weak tables never shrink by collections alone; when the last object of many has gone, new ones take their place. */
  #freeTables(): void {
    if (this.#registered > 0 || this.#mostRegistered < MOST_FOR_SMALL_TABLES) return
    this.#mostRegistered = 0
    this.#byObject = new WeakMap()
    this.#registry = this.#newRegistry()
  }

  #newRecord(ref: WeakRef<WeakKey> | undefined, object: WeakKey | undefined, content: string | undefined, options: WatchOptions, above: (...given: never[]) => unknown): StillhereWatchRecord {
    const settings = this.#settings
    const stackEvery = options.stack ?? settings.stack
    const ticket = this.#nextTicket++
    const within = finiteOr(options.within, settings.within)
    if (!this.#collections.isStarted) this.#outside.runInAsyncScope(() => this.#collections.start())
    const now = epochDigits()
    // Watches of one tenth of a second share their time text.
    if (Number(now) - Number(this.clock.stillhereNow) >= 100) this.clock.stillhereNow = now
    return new StillhereWatchRecord({
      ref,
      ticket: String(ticket),
      label: this.#labels.labelFor(options.label, object),
      watchedAt: this.clock.stillhereNow,
      stack: stackEvery >= 1 && ticket % stackEvery < 1 ? captureStack(above) : undefined,
      content,
      tags: options.tags === undefined ? undefined : tagText(options.tags),
      within: this.#withinText(within),
      dueMs: performance.now() + within,
      minCollections: Math.min(Math.max(0, Math.trunc(finiteOr(options.minCollections, settings.minCollections))), MAX_COLLECTIONS - 1),
    })
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
    this.counts.add(record.label, 'watched')
    const replaced = this.#records[place]
    if (replaced !== undefined && this.#records.length >= this.#settings.cap) this.#drop(replaced)
    record.slot = this.#records.push(record) - 1
    this.#arm()
  }

  #turnedAway(label: string): StillhereWatchRecord {
    const record = this.refused(label)
    this.counts.add(label, 'watched')
    this.counts.add(label, 'dropped')
    this.#listener.onDropped?.(record)
    return record
  }

  #drop(record: StillhereWatchRecord): void {
    this.#remove(record)
    if (this.#registry.unregister(record)) this.#registered--
    record.state = 'dropped'
    this.counts.add(record.label, 'dropped')
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
    this.counts.add(record.label, answer)
    this.#listener.onAnswer?.(record, answer)
    tell(record, answer)
  }

  /** The one place that looks. Its own job: no collection can run between the look and the end of it. */
  #judgePresent(record: StillhereWatchRecord): void {
    // When it is not there, the registry has yet to tell; it will.
    if (record.ref?.deref() !== undefined) this.#settle(record, 'retained')
    else if (record.ref !== undefined) this.#collected(record)
  }

  #sweep(): void {
    const now = performance.now()
    const candidates: StillhereWatchRecord[] = []
    for (const record of this.#records) {
      if (record.ref === undefined || now < record.dueMs) continue
      if (record.state === 'waiting' && this.#collections.sawSince(record.dueMs, record.minCollections)) {
        record.state = 'overdue'
        record.overdueMs = now
      } else if (record.state === 'overdue' && this.#collections.sawSince(record.overdueMs, 1)) {
        candidates.push(record)
      }
    }
    for (const record of candidates) this.#judgePresent(record)
  }

  #arm(): void {
    if (this.#timer !== undefined || (this.#records.length === 0 && this.#patient.length === 0)) return
    this.#timer = this.#outside.runInAsyncScope(() => setTimeout(() => this.#guard(() => this.#tick()), Math.min(TICK_MS, this.#settings.tickMs)).unref())
  }

  #tick(): void {
    this.#timer = undefined
    this.clock.stillhereNow = epochDigits()
    if (this.#collectedSinceSweep) {
      this.#collectedSinceSweep = false
      this.#sweep()
    }
    const now = performance.now()
    for (const waiting of this.#patient) if (waiting.untilMs <= now) waiting.giveUp()
    this.#patient = this.#patient.filter((waiting) => waiting.untilMs > now)
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
