/**
 * "This should be gone soon": the program says it, and gets the path when it is not.
 * What the package gives to the watched program; loads no more than a few of Node's own modules.
 */
import { UsageError } from '../base/errors.ts'
import { Box } from './box.ts'
import { publish } from './channels.ts'
import type { WatchEvent } from './channels.ts'
import { checkOptions, FUNCTION, LIST, MILLISECONDS, oneOf, TEXT, wholeNumber, WORDS } from './check-options.ts'
import type { Rules } from './check-options.ts'
import type { ExplainSettings } from './explain-policy.ts'
import type { Explanation } from './explanation.ts'
import { Explainer } from './explainer.ts'
import { laterTurn } from './force-collection.ts'
import { connectEnd, DISPOSED_WHEN, Lifecycle } from './lifecycle.ts'
import type { DisposedWhen } from './lifecycle.ts'
import { classNameOf } from './label-table.ts'
import { StillHereError } from './still-here-error.ts'
import { MAX_COLLECTIONS } from './major-collections.ts'
import { FORCED_PATIENCE_MS, Ticket } from './ticket.ts'
import type { ExplainTickets } from './ticket.ts'
import { canBeHeldWeakly, CannotBeHeldWeakly } from './weakly-held.ts'
import { DEFAULT_SETTINGS } from './watch-settings.ts'
import type { WatcherSettings } from './watch-settings.ts'
import type { StillhereWatchRecord } from './watch-record.ts'
import { Watcher } from './watcher.ts'
import type { WatchOptions } from './watcher.ts'
import type { Stats } from './counts.ts'

export { Box } from './box.ts'
export type { StillhereEvents, WatchEvent } from './channels.ts'
export type { LabelCounts, Stats } from './counts.ts'
export type { ExplainSettings } from './explain-policy.ts'
export type { Explanation, WatchedFinding } from './explanation.ts'
export { observeWithOpenTelemetry, prometheusText } from './metrics.ts'
export type { MeterLike } from './metrics.ts'
export { leakTest, LeakTestError } from './leak-test.ts'
export type { LeakTestOptions, LeakTestResult } from './leak-test.ts'
export { Lifecycle } from './lifecycle.ts'
export type { DisposedWhen, LifecycleVerdict } from './lifecycle.ts'
export { StillHereError } from './still-here-error.ts'
export { Ticket } from './ticket.ts'
export type { AnswerOptions } from './ticket.ts'
export { CannotBeHeldWeakly } from './weakly-held.ts'
export type { Answer } from './watch-record.ts'
export type { WatcherSettings } from './watch-settings.ts'
export type { WatchOptions } from './watcher.ts'

export interface AllGoneOptions {
  /** Milliseconds for which collections are repeated. */
  patienceMs?: number | undefined
  /** Only these; by default all that are watched. */
  tickets?: readonly Ticket[] | undefined
}

export interface LifecycleOptions extends WatchOptions {
  /** How the end is noticed; 'auto' takes every method of the usual names that the object has. */
  disposed?: DisposedWhen | undefined
}

const WATCH_RULES: Rules<WatchOptions> = { label: TEXT, within: MILLISECONDS, minCollections: wholeNumber(0, MAX_COLLECTIONS - 1), stack: wholeNumber(0), tags: WORDS }
const LIFECYCLE_RULES: Rules<LifecycleOptions> = {
  ...WATCH_RULES,
  disposed: { accepts: (value) => value instanceof AbortSignal || DISPOSED_WHEN.includes(value as 'auto'), allowed: `${DISPOSED_WHEN.map((word) => `'${word}'`).join(', ')} or an AbortSignal` },
}
const ALL_GONE_RULES: Rules<AllGoneOptions> = { patienceMs: MILLISECONDS, tickets: LIST }
const SETTINGS_RULES: Rules<WatcherSettings & ExplainSettings> = {
  within: MILLISECONDS,
  minCollections: WATCH_RULES.minCollections,
  stack: WATCH_RULES.stack,
  cap: wholeNumber(1),
  patienceMs: MILLISECONDS,
  tickMs: MILLISECONDS,
  misuse: oneOf('throw', 'report'),
  explain: oneOf('never', 'ask', 'auto'),
  folder: TEXT,
  minIntervalMs: MILLISECONDS,
  perDay: wholeNumber(0),
  safety: { accepts: (value) => typeof value === 'number' && value > 0, allowed: 'a number above 0' },
  sourceMaps: FUNCTION,
}

/** The function and everything that hangs on it. */
export interface ShouldGoAway {
  /**
   * Says that `object` should be gone soon: held weakly, judged by age and by major collections.
   * @throws CannotBeHeldWeakly for a string, number, bigint, boolean, null, undefined or registered symbol;
   *   UsageError for an option that it does not have, or a value that the option cannot have
   */
  (object: WeakKey, options?: string | WatchOptions): Ticket
  /** Carries a value that cannot be held weakly; watch the box where the value should end. */
  box<Value>(value: Value): Box<Value>
  /** No string that begins like this should be left. Only a snapshot can tell: `explain()`, or offline. */
  content(prefix: string, options?: string | WatchOptions): Ticket
  /** Watches the smallest object that has the value, and says so in the label. */
  ownedBy(owner: WeakKey, options?: string | WatchOptions): Ticket
  /** Runs `scenario` in frames of its own, so that none of the caller's keeps its objects; gives the tickets made meanwhile. */
  scope(scenario: () => unknown): Promise<Ticket[]>
  /** Gathers the tickets that are made from now on, until the function that it gives is called: that gives them. */
  gather(): () => Ticket[]
  /** For tests: forces collections, then throws with the paths when anything watched is still here that no baseline tolerates. */
  allGone(options?: AllGoneOptions): Promise<void>
  /** Watches an object with an end of its own (dispose, close, destroy, abort): from that end on. */
  lifecycle(object: object, options?: string | LifecycleOptions): Lifecycle
  /** One snapshot now, if the policy allows: who holds what is retained, or these tickets. Never throws. */
  explain(tickets?: readonly Ticket[]): Promise<Explanation>
  /** @throws UsageError for a setting that it does not have, or a value that the setting cannot have; then none is changed */
  configure(settings: Partial<WatcherSettings> & Partial<ExplainSettings>): void
  stats(): Stats
  /** Forgets every watch and stops the timer. */
  stop(): void
}

/** An independent set of watches; programs use the one that `shouldGoAway` is. */
export function createShouldGoAway(): ShouldGoAway {
  const settings: WatcherSettings = { ...DEFAULT_SETTINGS }
  const watcher: Watcher = new Watcher(settings, {
    onAnswer(record, answer) {
      if (answer === 'gone') return
      publish(answer === 'late' ? 'stillhere:late' : 'stillhere:retained', () => eventOf(record, watcher))
      if (answer === 'retained') explainer.planByItself()
    },
    onDropped(record) {
      publish('stillhere:dropped', () => eventOf(record, watcher))
    },
    onError(error) {
      publish('stillhere:error', () => ({ error }))
    },
  })
  const explainer = new Explainer(watcher)
  const endings = new FinalizationRegistry<Lifecycle>((life) => life.collected())
  const open = new Set<Ticket[]>()

  const explainTickets: ExplainTickets = (records) => explainer.explain(records)
  const ticketFor = (record: StillhereWatchRecord): Ticket => {
    const ticket = new Ticket(watcher, record, explainTickets)
    if (open.size > 0) for (const tickets of open) tickets.push(ticket)
    return ticket
  }

  const shouldGoAway = (object: WeakKey, options?: string | WatchOptions): Ticket => {
    if (!canBeHeldWeakly(object)) return refuse(object)
    if (options === undefined || typeof options === 'string') return ticketFor(watcher.watch(object, options, undefined, shouldGoAway))
    const given = optionsOf('shouldGoAway', options, WATCH_RULES)
    return ticketFor(watcher.watch(object, given.label, given, shouldGoAway))
  }

  /** The options of a call that watches; of those that mean nothing the label is kept where misuse is only reported. */
  const optionsOf = <Options extends WatchOptions>(call: string, given: string | Options | undefined, rules: Rules<Options>): Options | WatchOptions => {
    if (given === undefined) return {}
    if (typeof given === 'string') return { label: given }
    try {
      checkOptions(call, given, rules)
      return given
    } catch (error) {
      if (settings.misuse === 'throw' || !(error instanceof UsageError)) throw error
      publish('stillhere:misuse', () => ({ given: error.message }))
      const label: unknown = (given as WatchOptions | null)?.label
      return typeof label === 'string' ? { label } : {}
    }
  }

  const refuse = (value: unknown): Ticket => {
    const error = new CannotBeHeldWeakly(value)
    if (settings.misuse === 'throw') throw error
    publish('stillhere:misuse', () => ({ given: error.given }))
    return ticketFor(watcher.refused('(not watched)'))
  }

  const recordsOf = (tickets: readonly Ticket[] | undefined): readonly StillhereWatchRecord[] =>
    tickets === undefined ? [...watcher.records()] : tickets.map((ticket) => Ticket.recordOf(ticket))

  const content = (prefix: string, options?: string | WatchOptions): Ticket => {
    const given = optionsOf('shouldGoAway.content', options, WATCH_RULES)
    // The text itself may be the secret; unless it is named, only its length is told.
    return ticketFor(watcher.watchContent(prefix, given.label ?? `string of ${prefix.length} characters`, given, content))
  }

  const ownedBy = (owner: WeakKey, options?: string | WatchOptions): Ticket => {
    if (!canBeHeldWeakly(owner)) return refuse(owner)
    const given = optionsOf('shouldGoAway.ownedBy', options, WATCH_RULES)
    const name = classNameOf(owner)
    return ticketFor(watcher.watch(owner, given.label === undefined ? name : `${given.label}, owned by ${name}`, given, ownedBy))
  }

  const gather = (): (() => Ticket[]) => {
    const tickets: Ticket[] = []
    open.add(tickets)
    return () => {
      open.delete(tickets)
      return tickets
    }
  }

  return Object.assign(shouldGoAway, {
    content,
    ownedBy,

    box<Value>(value: Value): Box<Value> {
      return new Box(value)
    },

    gather,

    async scope(scenario: () => unknown): Promise<Ticket[]> {
      const gathered = gather()
      let tickets: Ticket[] = []
      try {
        // In a callback of its own turn, and its result is not kept: no frame of ours or of the caller has seen it.
        await new Promise<void>((resolve, reject) => {
          setImmediate(() => {
            Promise.resolve(runAlone(scenario)).then(() => resolve(), reject)
          })
        })
      } finally {
        tickets = gathered()
      }
      await laterTurn()
      return tickets
    },

    async allGone(options: AllGoneOptions = {}): Promise<void> {
      checkOptions('shouldGoAway.allGone', options, ALL_GONE_RULES)
      const { patienceMs = FORCED_PATIENCE_MS, tickets } = options
      const records = recordsOf(tickets)
      await watcher.forceAnswers(records, patienceMs)
      const retained = records.filter((record) => record.state === 'retained' && !record.explained)
      if (retained.length === 0) return
      const explanation = await explainer.explain(retained)
      const gone = new Set([...explanation.gone, ...explanation.findings.flatMap((finding) => (finding.known === undefined ? [] : finding.tickets))])
      const here = retained.filter((record) => !gone.has(watcher.ticketOf(record)))
      if (here.length > 0) throw new StillHereError(here.map(ticketFor), explanation)
    },

    lifecycle(object: object, options?: string | LifecycleOptions): Lifecycle {
      const given: LifecycleOptions = optionsOf('shouldGoAway.lifecycle', options, LIFECYCLE_RULES)
      if (!canBeHeldWeakly(object)) {
        refuse(object)
        return new Lifecycle('(not watched)', () => undefined)
      }
      const ref = new WeakRef(object)
      const label = given.label ?? classNameOf(object)
      const life = new Lifecycle(label, () => {
        const ended = ref.deref()
        return ended === undefined ? undefined : ticketFor(watcher.watch(ended, label, given, shouldGoAway))
      })
      endings.register(object, life)
      connectEnd(object, life, given.disposed ?? 'auto')
      return life
    },

    explain(tickets?: readonly Ticket[]): Promise<Explanation> {
      return explainer.explain(tickets === undefined ? [] : recordsOf(tickets))
    },

    configure(changed: Partial<WatcherSettings> & Partial<ExplainSettings>): void {
      checkOptions('shouldGoAway.configure', changed, SETTINGS_RULES)
      for (const [name, value] of Object.entries(changed)) {
        if (value !== undefined) Object.assign(name in settings ? settings : explainer.settings, { [name]: value })
      }
    },

    stats(): Stats {
      return { watching: watcher.size, total: watcher.counts.total(), byLabel: watcher.counts.byLabel() }
    },

    stop(): void {
      watcher.stop()
    },
  })
}

/** The program's one set of watches. */
export const shouldGoAway: ShouldGoAway = createShouldGoAway()

function eventOf(record: StillhereWatchRecord, watcher: Watcher): WatchEvent {
  const { label, watchedAt, stack, tags } = record.stillhereBatch
  return { ticket: watcher.ticketOf(record), label, ageMs: Date.now() - Number(watchedAt), stack, tags }
}

/** Its frame is over when the scenario's promise is there, and the promise's value goes nowhere. */
async function runAlone(scenario: () => unknown): Promise<void> {
  await scenario()
}
