import { PerformanceObserver, constants } from 'node:perf_hooks'

/** How many collections we can look back; more can not be asked for in `minCollections`. */
export const MAX_COLLECTIONS = 32

/**
 * Counts the major collections of this isolate, by their start on the clock of `performance.now()`.
 *
 * Method: a `PerformanceObserver` on `gc`. Its entries come a turn after the collection; they are counted two turns
 *   later still, when the FinalizationRegistry has told of everything that collection freed.
 * Cost: one callback per collection, minor ones included; nothing before `start`.
 */
export class MajorCollections {
  readonly #startsMs = new Float64Array(MAX_COLLECTIONS)
  readonly #onMajor: () => void
  #total = 0
  #observer: PerformanceObserver | undefined

  constructor(onMajor: () => void) {
    this.#onMajor = onMajor
  }

  get total(): number {
    return this.#total
  }

  get isStarted(): boolean {
    return this.#observer !== undefined
  }

  start(): void {
    if (this.#observer !== undefined) return
    this.#observer = new PerformanceObserver((entries) => {
      for (const entry of entries.getEntries()) {
        if ((entry as { detail?: { kind?: number } }).detail?.kind === constants.NODE_PERFORMANCE_GC_MAJOR) this.#count(entry.startTime)
      }
    })
    this.#observer.observe({ entryTypes: ['gc'] })
  }

  stop(): void {
    this.#observer?.disconnect()
    this.#observer = undefined
  }

  /** Whether `wanted` major collections began after `ms`. Only whole cycles prove anything; see docs/concepts. */
  sawSince(ms: number, wanted: number): boolean {
    if (wanted <= 0) return true
    if (wanted > this.#total) return false
    return this.#startsMs[(this.#total - wanted) % MAX_COLLECTIONS]! > ms
  }

  #count(startMs: number): void {
    setImmediate(() => setImmediate(() => {
      this.#startsMs[this.#total % MAX_COLLECTIONS] = startMs
      this.#total++
      this.#onMajor()
    }).unref()).unref()
  }
}
