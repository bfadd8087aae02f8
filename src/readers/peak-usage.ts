/**
 * Bytes in use by key (a site, an allocation), now and at the moment of the highest total, in one pass.
 *
 * The state at the peak is known only afterwards. Kept are the changes since the last peak, and when a new peak comes
 * those are forgotten. Between two peaks a key stands in the list to forget once, so all peaks together cost one pass.
 */
export class PeakUsage {
  total = 0
  peakTotal = 0
  readonly #live: number[] = []
  readonly #sincePeak: number[] = []
  readonly #touchedAt: number[] = []
  readonly #touched: number[] = []
  readonly #tie: 'first' | 'last'
  #peaks = 0

  /** `tie`: which of several equally high moments is the peak. */
  constructor(tie: 'first' | 'last') {
    this.#tie = tie
  }

  change(key: number, bytes: number): void {
    while (this.#live.length <= key) {
      this.#live.push(0)
      this.#sincePeak.push(0)
      this.#touchedAt.push(-1)
    }
    this.#live[key]! += bytes
    this.#sincePeak[key]! += bytes
    if (this.#touchedAt[key] !== this.#peaks) {
      this.#touchedAt[key] = this.#peaks
      this.#touched.push(key)
    }
    this.total += bytes
    if (bytes > 0 && (this.total > this.peakTotal || (this.#tie === 'last' && this.total === this.peakTotal))) {
      this.peakTotal = this.total
      for (const touched of this.#touched) this.#sincePeak[touched] = 0
      this.#touched.length = 0
      this.#peaks++
    }
  }

  live(key: number): number {
    return this.#live[key] ?? 0
  }

  peak(key: number): number {
    return this.live(key) - (this.#sincePeak[key] ?? 0)
  }
}
