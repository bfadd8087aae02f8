import { StoreError } from '../../base/errors.ts'
import type { Sample } from '../../model/memory-series-builder.ts'
import type { Report } from '../../model/report.ts'
import type { SeriesVerdict } from '../../model/series-verdict.ts'
import { Store } from '../../store/store.ts'

const HOUR = 3_600_000

/**
 * The store as a watch uses it: what is old is thinned each hour, and a store that fails on the way (a full disk, a file
 * somebody holds) ends the writing, told once, and not the watch: the verdict matters more.
 */
export class Journal {
  readonly #store: Store
  readonly #onTrouble: (error: StoreError) => void
  #failed = false
  #thinAtMs = 0

  private constructor(store: Store, onTrouble: (error: StoreError) => void) {
    this.#store = store
    this.#onTrouble = onTrouble
  }

  /** @throws StoreError when it cannot be opened: what is asked for at the start and impossible is refused then */
  static async open(path: string | undefined, onTrouble: (error: StoreError) => void): Promise<Journal | undefined> {
    return path === undefined ? undefined : new Journal(await Store.open(path), onTrouble)
  }

  enter(process: Parameters<Store['enter']>[0], nowMs: number): number | undefined {
    return this.#try(() => this.#store.enter(process, nowMs))
  }

  add(id: number | undefined, timeMs: number, sample: Sample): void {
    if (id !== undefined) this.#try(() => this.#store.add(id, timeMs, sample))
    if (timeMs < this.#thinAtMs) return
    this.#thinAtMs = timeMs + HOUR
    this.#try(() => this.#store.thin(timeMs))
  }

  addVerdict(id: number | undefined, timeMs: number, verdict: SeriesVerdict): void {
    if (id !== undefined) this.#try(() => this.#store.addVerdict(id, timeMs, verdict))
  }

  addReport(id: number | undefined, timeMs: number, report: Report): void {
    if (id !== undefined) this.#try(() => this.#store.addReport(id, timeMs, report))
  }

  close(): void {
    this.#store.close()
  }

  #try<T>(work: () => T): T | undefined {
    if (this.#failed) return undefined
    try {
      return work()
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      this.#failed = true
      this.#onTrouble(error)
      return undefined
    }
  }
}
