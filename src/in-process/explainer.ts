import { DEFAULT_EXPLAIN, ExplainPolicy } from './explain-policy.ts'
import type { ExplainSettings } from './explain-policy.ts'
import type { Explanation, WatchedFinding } from './explanation.ts'
import { publish } from './channels.ts'
import type { StillhereWatchRecord } from './watch-record.ts'
import type { Watcher } from './watcher.ts'

const MAX_REMEMBERED_FINGERPRINTS = 1000

/**
 * Turns retained watches into findings: one snapshot for all of them, one at a time, as the policy allows.
 * What takes memory (streams, child processes, v8) is loaded when the first snapshot is taken.
 */
export class Explainer {
  readonly settings: ExplainSettings = { ...DEFAULT_EXPLAIN }
  readonly #watcher: Watcher
  readonly #policy: ExplainPolicy
  readonly #findings = new WeakMap<StillhereWatchRecord, WatchedFinding>()
  readonly #seen = new Set<string>()
  #running: Promise<unknown> = Promise.resolve()
  #autoPlanned = false

  constructor(watcher: Watcher, policy?: ExplainPolicy) {
    this.#watcher = watcher
    this.#policy = policy ?? new ExplainPolicy(this.settings)
  }

  /** What is known of a record already. */
  findingOf(record: StillhereWatchRecord): WatchedFinding | undefined {
    return this.#findings.get(record)
  }

  /** Asked by the program or a test. Never throws: what went wrong stands in the answer. */
  async explain(records: readonly StillhereWatchRecord[]): Promise<Explanation> {
    const known = records.map((record) => this.#findings.get(record))
    if (records.length > 0 && known.every((finding) => finding !== undefined)) {
      return { outcome: 'explained', findings: [...new Set(known)] as WatchedFinding[], gone: [] }
    }
    return this.#inTurn('by-request', records)
  }

  /** Something is retained: after a moment, in which others may join, explain all of it if the policy is 'auto'. */
  planByItself(): void {
    if (this.#autoPlanned || this.settings.explain !== 'auto') return
    this.#autoPlanned = true
    setTimeout(() => {
      this.#autoPlanned = false
      void this.#inTurn('by-itself', [])
    }, 1000).unref()
  }

  #inTurn(asked: 'by-request' | 'by-itself', records: readonly StillhereWatchRecord[]): Promise<Explanation> {
    const turn = this.#running.then(() => this.#explainNow(asked, records))
    this.#running = turn
    return turn
  }

  async #explainNow(asked: 'by-request' | 'by-itself', records: readonly StillhereWatchRecord[]): Promise<Explanation> {
    try {
      const open = records.filter((record) => !record.explained)
      const retained = this.#watcher.records().filter((record) => record.state === 'retained' || record.stillhereBatch.content !== undefined)
      const shown = [...new Set([...open, ...retained])]
      if (shown.length === 0) return { outcome: 'declined', reason: 'nothing that is watched is still here', findings: [], gone: [] }
      const reason = this.#policy.objection(asked)
      if (reason !== undefined) {
        publish('stillhere:declined', () => ({ reason }))
        return { outcome: 'declined', reason, findings: [], gone: [] }
      }
      this.#policy.taken()
      const { explainInOtherProcess } = await import('./snapshot-process.ts')
      const explanation = await explainInOtherProcess({
        request: { tickets: shown.map((record) => this.#watcher.ticketOf(record)), folder: this.#folderFor(asked), command: process.argv.slice(0, 3).join(' '), sourceMaps: this.settings.sourceMaps?.() },
        hold: asked === 'by-request' ? 'process' : 'nothing',
      })
      this.#keep(shown, explanation)
      return explanation
    } catch (error) {
      publish('stillhere:error', () => ({ error }))
      return { outcome: 'failed', reason: reasonOf(error), findings: [], gone: [] }
    }
  }

  /** What happens by itself happens more than once: each time has a folder of its own. */
  #folderFor(asked: 'by-request' | 'by-itself'): string | undefined {
    const { folder } = this.settings
    return folder === undefined || asked === 'by-request' ? folder : `${folder}/${new Date().toISOString().replaceAll(/[:.]/g, '-')}`
  }

  #keep(shown: readonly StillhereWatchRecord[], explanation: Explanation): void {
    const byTicket = new Map(shown.map((record) => [this.#watcher.ticketOf(record), record]))
    for (const finding of explanation.findings) {
      for (const ticket of finding.tickets) {
        const record = byTicket.get(ticket)
        if (record !== undefined) this.#findings.set(record, finding)
      }
      const { fingerprint } = finding.finding
      publish('stillhere:explained', () => ({ ...finding, seenBefore: this.#seen.has(fingerprint) }))
      if (this.#seen.size < MAX_REMEMBERED_FINGERPRINTS) this.#seen.add(fingerprint)
    }
    this.#watcher.close(shown)
  }
}

function reasonOf(error: unknown): string {
  const code = (error as { code?: string }).code
  if (code === 'ERR_ACCESS_DENIED') return 'the permission model does not let this process start another one; run it with --allow-child-process, or send the process a signal for a snapshot and use `stillhere analyze`'
  return error instanceof Error ? error.message : String(error)
}
