import { bytesText } from '../base/bytes-text.ts'
import { forecastSnapshotBytes, measureHeadroom } from './headroom.ts'
import type { Headroom } from './headroom.ts'

/** When a snapshot may be taken, and where its results go. */
export interface ExplainSettings {
  /** Never; when the program or a test asks; or also by itself when something is retained. */
  explain: 'never' | 'ask' | 'auto'
  /** Reports, `.dot` and `.svg` of each finding are written here. */
  folder: string | undefined
  /** Snapshots by itself are at least so far apart, and at most so many in a day. */
  minIntervalMs: number
  perDay: number
  /** Multiply the forecast by this before it is compared with the headroom. */
  safety: number
  /** Source maps (base64) of code that was transformed in memory, by file; for test runners and loaders. */
  sourceMaps: (() => Readonly<Record<string, string>>) | undefined
}

export const DEFAULT_EXPLAIN: Readonly<ExplainSettings> = {
  explain: 'ask',
  folder: undefined,
  minIntervalMs: 10 * 60_000,
  perDay: 5,
  safety: 1.25,
  sourceMaps: undefined,
}

const DAY_MS = 86_400_000

/**
 * Whether a snapshot may be taken now. It is the one thing here that can harm the program: it stops it for seconds
 * and takes many times the heap in memory, and a control group kills for that without asking.
 */
export class ExplainPolicy {
  readonly #settings: ExplainSettings
  readonly #now: () => number
  readonly #measure: () => { headroom: Headroom; forecastBytes: number }
  #takenMs: number[] = []

  constructor(settings: ExplainSettings, now = Date.now, measure = (): { headroom: Headroom; forecastBytes: number } => ({ headroom: measureHeadroom(), forecastBytes: forecastSnapshotBytes() })) {
    this.#settings = settings
    this.#now = now
    this.#measure = measure
  }

  /** The reason not to take one, or undefined. Interval and daily cap bind only what happens by itself. */
  objection(asked: 'by-request' | 'by-itself'): string | undefined {
    const { explain, minIntervalMs, perDay, safety } = this.#settings
    if (explain === 'never') return "explain is 'never'"
    if (asked === 'by-itself') {
      if (explain !== 'auto') return "explain is 'ask', and nobody asked"
      const now = this.#now()
      this.#takenMs = this.#takenMs.filter((ms) => now - ms < DAY_MS)
      if (this.#takenMs.length >= perDay) return `the daily number of snapshots (${perDay}) is used up`
      const last = this.#takenMs.at(-1)
      if (last !== undefined && now - last < minIntervalMs) return `the last snapshot was ${Math.round((now - last) / 1000)} s ago; they are at least ${Math.round(minIntervalMs / 1000)} s apart`
    }
    const { headroom, forecastBytes } = this.#measure()
    const neededBytes = forecastBytes * safety
    if (headroom.availableBytes < neededBytes) {
      return `a snapshot may need ${bytesText(neededBytes)}, and ${headroom.limitedBy === 'machine' ? 'the machine' : `the ${headroom.limitedBy}`} has ${bytesText(headroom.availableBytes)} left`
    }
    return undefined
  }

  /** To be called when one is taken. */
  taken(): void {
    this.#takenMs.push(this.#now())
  }
}
