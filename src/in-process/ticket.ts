import { checkOptions, MILLISECONDS, oneOf } from './check-options.ts'
import type { Rules } from './check-options.ts'
import type { Explanation, WatchedFinding } from './explanation.ts'
import type { Answer, StillhereWatchRecord } from './watch-record.ts'
import { settled } from './watcher.ts'
import type { Watcher } from './watcher.ts'

export interface AnswerOptions {
  /**
   * Awaited: wait for the collections the program has anyway; harmless in production, and the process may end first.
   * Forced: collect now, several times; for tests.
   */
  collections?: 'awaited' | 'forced' | undefined
  /** Milliseconds to wait: after the object's time is up (awaited), or in all (forced). */
  patienceMs?: number | undefined
}

const ANSWER_RULES: Rules<AnswerOptions> = { collections: oneOf('awaited', 'forced'), patienceMs: MILLISECONDS }

/** How long forced collections are repeated before an object counts as still here. */
export const FORCED_PATIENCE_MS = 1000

/** What `shouldGoAway` gives back. It does not hold the object, and there is no way from it to the object. */
export class Ticket {
  readonly #watcher: Watcher
  readonly #record: StillhereWatchRecord
  readonly #explain: ExplainTickets

  constructor(watcher: Watcher, record: StillhereWatchRecord, explain: ExplainTickets) {
    this.#watcher = watcher
    this.#record = record
    this.#explain = explain
  }

  /** The id under which a snapshot of this process shows the watch. */
  get id(): string {
    return this.#watcher.ticketOf(this.#record)
  }

  get label(): string {
    return this.#record.stillhereBatch.label
  }

  /** Where the watch was asked for, when its stack was kept. */
  get stack(): string | undefined {
    return this.#record.stillhereBatch.stack
  }

  /** How often the same object was given to `shouldGoAway`. */
  get times(): number {
    return this.#record.times
  }

  /** Given up, because more objects were watched at once than the cap allows. Its answer is `undecided`. */
  get dropped(): boolean {
    return this.#record.state === 'dropped'
  }

  /** What is known now, without waiting. */
  get answerSoFar(): Answer {
    return settled(this.#record) ?? 'undecided'
  }

  /** Waits for the answer. @throws UsageError for an option that means nothing; nothing else */
  async answer(options: AnswerOptions = {}): Promise<Answer> {
    checkOptions('ticket.answer', options, ANSWER_RULES)
    const { collections = 'awaited', patienceMs } = options
    if (collections === 'awaited') return this.#watcher.awaitAnswer(this.#record, patienceMs ?? this.#watcher.settings.patienceMs)
    await this.#watcher.forceAnswers([this.#record], patienceMs ?? FORCED_PATIENCE_MS)
    return this.answerSoFar
  }

  /** Who holds it, from a snapshot taken now; undefined with the reason when the policy declines or it is gone. */
  async explain(): Promise<{ finding: WatchedFinding | undefined; explanation: Explanation }> {
    const explanation = await this.#explain([this.#record])
    return { finding: explanation.findings.find((finding) => finding.tickets.includes(this.id)), explanation }
  }

  /** @internal */
  static recordOf(ticket: Ticket): StillhereWatchRecord {
    return ticket.#record
  }
}

export type ExplainTickets = (records: readonly StillhereWatchRecord[]) => Promise<Explanation>
