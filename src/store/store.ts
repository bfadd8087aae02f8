import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { MemorySeries, Metric } from '../model/memory-series.ts'
import { MemorySeriesBuilder, type Sample } from '../model/memory-series-builder.ts'
import type { Report } from '../model/report.ts'
import type { SeriesVerdict } from '../model/series-verdict.ts'
import { openDatabase, storeError } from './database.ts'
import { packSample, unpackSample } from './packed-sample.ts'

export interface StoredProcess {
  id: number
  pid: number
  startedAtMs: number
  command: string
  runtime?: string | undefined
  firstMs: number
  lastMs: number
  sampleCount: number
  /** The last verdict written. */
  verdict?: string | undefined
  confidence?: number | undefined
}

/** How long samples stay as they were taken, and for how long at all. */
export interface Retention {
  wholeMs: number
  blockMs: number
  keepMs: number
}

const HOUR = 3_600_000

/** A day as taken, then three rows for each ten minutes, for 90 days: 50 processes at 5 s stay below 200 MB. */
export const RETENTION: Retention = { wholeMs: 24 * HOUR, blockMs: HOUR / 6, keepMs: 90 * 24 * HOUR }

/**
 * Samples, verdicts and reports in one SQLite file. Each sample is committed as it is written, in WAL mode: a kill at any moment
 * loses at most the last one. Bounded by retention: older samples are thinned to those rows of each block in which process
 * memory was lowest and highest and the heap lowest, never to means, which would invent levels the process never had.
 */
export class Store {
  readonly path: string
  readonly #database: DatabaseSync
  readonly #insert: StatementSync

  private constructor(path: string, database: DatabaseSync) {
    this.path = path
    this.#database = database
    this.#insert = database.prepare('INSERT INTO sample (process, time_ms, metrics) VALUES (?, ?, ?) ON CONFLICT (process, time_ms) DO UPDATE SET metrics = excluded.metrics')
  }

  /** @throws StoreError when it cannot be opened, or was written by a newer version */
  static async open(path: string): Promise<Store> {
    return new Store(path, await openDatabase(path))
  }

  close(): void {
    this.#database.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  /** The id of a process: the same pid and start is the same process. */
  enter(process: { pid: number; startedAtMs: number; command: string; runtime?: string | undefined; limitBytes?: number | undefined }, nowMs: number): number {
    return this.#do('entering a process', () => {
      this.#database
        .prepare('INSERT INTO process (pid, started_ms, command, runtime, first_ms, last_ms, limit_bytes) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (pid, started_ms, command) DO UPDATE SET last_ms = excluded.last_ms, runtime = coalesce(excluded.runtime, runtime)')
        .run(process.pid, process.startedAtMs, process.command, process.runtime ?? null, nowMs, nowMs, process.limitBytes ?? null)
      const row = this.#database.prepare('SELECT id FROM process WHERE pid = ? AND started_ms = ? AND command = ?').get(process.pid, process.startedAtMs, process.command)
      return Number(row?.['id'])
    })
  }

  add(process: number, timeMs: number, sample: Sample): void {
    this.#do('writing a sample', () => this.#insert.run(process, timeMs, packSample(sample)))
  }

  /** Many samples in one transaction. */
  addSeries(process: number, series: MemorySeries): void {
    this.#do('writing a series', () => {
      this.#database.exec('BEGIN IMMEDIATE')
      try {
        for (let i = 0; i < series.sampleCount; i++) {
          const sample: Sample = {}
          for (const [metric, column] of series.metrics) sample[metric] = column[i]
          this.#insert.run(process, series.timeMs[i] ?? 0, packSample(sample, series.epoch?.[i]))
        }
        this.#database.exec('COMMIT')
      } catch (error) {
        this.#database.exec('ROLLBACK')
        throw error
      }
    })
  }

  addVerdict(process: number, timeMs: number, verdict: SeriesVerdict): void {
    this.#do('writing a verdict', () => {
      this.#database.prepare('INSERT INTO verdict (process, time_ms, name, confidence, json) VALUES (?, ?, ?, ?, ?)').run(process, timeMs, verdict.verdict, verdict.confidence, JSON.stringify(verdict))
    })
  }

  /** What was found to hold the memory, with its findings. */
  addReport(process: number, timeMs: number, report: Report): void {
    this.#do('writing a report', () => {
      this.#database.prepare('INSERT INTO report (process, time_ms, json) VALUES (?, ?, ?)').run(process, timeMs, JSON.stringify(report))
    })
  }

  reports(id: number): { timeMs: number; report: Report }[] {
    return this.#do('reading reports', () =>
      this.#database
        .prepare('SELECT time_ms, json FROM report WHERE process = ? ORDER BY time_ms')
        .all(id)
        .map((row) => ({ timeMs: Number(row['time_ms']), report: JSON.parse(String(row['json'])) as Report })),
    )
  }

  /** What is stored, newest first. */
  list(): StoredProcess[] {
    return this.#do('listing', () =>
      this.#database
        .prepare(
          `SELECT p.*,
             (SELECT name FROM verdict v WHERE v.process = p.id ORDER BY time_ms DESC LIMIT 1) AS name,
             (SELECT confidence FROM verdict v WHERE v.process = p.id ORDER BY time_ms DESC LIMIT 1) AS confidence
           FROM process p ORDER BY last_ms DESC`,
        )
        .all()
        .map((row) => ({
          id: Number(row['id']),
          pid: Number(row['pid']),
          startedAtMs: Number(row['started_ms']),
          command: String(row['command']),
          runtime: row['runtime'] === null ? undefined : String(row['runtime']),
          firstMs: Number(row['first_ms']),
          lastMs: Number(row['last_ms']),
          sampleCount: Number(row['samples']),
          verdict: row['name'] === null ? undefined : String(row['name']),
          confidence: row['confidence'] === null ? undefined : Number(row['confidence']),
        })),
    )
  }

  /** The samples of one process as a series; undefined when there is no such id. */
  series(id: number): MemorySeries | undefined {
    return this.#do('reading a series', () => {
      const row = this.#database.prepare('SELECT * FROM process WHERE id = ?').get(id)
      if (row === undefined) return undefined
      const runtime = row['runtime'] === null ? undefined : String(row['runtime'])
      const builder = new MemorySeriesBuilder(
        { name: `${this.path} #${id}`, format: 'stillhere-store', runtime, idsAreStable: false, notices: [] },
        { pid: Number(row['pid']), command: String(row['command']), startedAtMs: Number(row['started_ms']), runtime },
      )
      if (row['limit_bytes'] !== null) builder.limit(Number(row['limit_bytes']))
      for (const sample of this.#database.prepare('SELECT time_ms, metrics FROM sample WHERE process = ? ORDER BY time_ms').iterate(id)) {
        const { sample: taken, epoch } = unpackSample(sample['metrics'] as Uint8Array)
        builder.add(Number(sample['time_ms']), taken, epoch)
      }
      return builder.finish()
    })
  }

  verdicts(id: number): { timeMs: number; verdict: SeriesVerdict }[] {
    return this.#do('reading verdicts', () =>
      this.#database
        .prepare('SELECT time_ms, json FROM verdict WHERE process = ? ORDER BY time_ms')
        .all(id)
        .map((row) => ({ timeMs: Number(row['time_ms']), verdict: JSON.parse(String(row['json'])) as SeriesVerdict })),
    )
  }

  /** Thins what is older than a day, removes what is older than it is kept. Cost: the rows that are due, once. */
  thin(nowMs: number, retention: Retention = RETENTION): void {
    this.#do('thinning', () => {
      const until = nowMs - retention.wholeMs
      for (const row of this.#database.prepare('SELECT id, thinned_until_ms FROM process WHERE thinned_until_ms < ?').all(until - retention.blockMs)) {
        this.#thinProcess(Number(row['id']), Number(row['thinned_until_ms']), until, retention.blockMs)
      }
      // By process, so that the key is used: over the whole table it would read every row, each hour.
      const remove = this.#database.prepare('DELETE FROM sample WHERE process = ? AND time_ms < ?')
      for (const { id } of this.#database.prepare('SELECT id FROM process WHERE first_ms < ?').all(nowMs - retention.keepMs)) remove.run(id as number, nowMs - retention.keepMs)
      this.#database.prepare('DELETE FROM process WHERE last_ms < ?').run(nowMs - retention.keepMs)
    })
  }

  #thinProcess(id: number, from: number, until: number, blockMs: number): void {
    const end = Math.floor(until / blockMs) * blockMs
    const rows = this.#database.prepare('SELECT time_ms, metrics FROM sample WHERE process = ? AND time_ms >= ? AND time_ms < ? ORDER BY time_ms').all(id, from, end)
    const blocks = new Map<number, { timeMs: number; sample: Sample }[]>()
    for (const row of rows) {
      const timeMs = Number(row['time_ms'])
      const block = Math.floor(timeMs / blockMs)
      const entry = { timeMs, sample: unpackSample(row['metrics'] as Uint8Array).sample }
      const known = blocks.get(block)
      if (known === undefined) blocks.set(block, [entry])
      else known.push(entry)
    }
    const remove = this.#database.prepare('DELETE FROM sample WHERE process = ? AND time_ms = ?')
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      for (const block of blocks.values()) {
        const kept = new Set(EXTREMES.map(({ metrics, most }) => extreme(block, metrics, most)))
        for (const { timeMs } of block) if (!kept.has(timeMs)) remove.run(id, timeMs)
      }
      this.#database.prepare('UPDATE process SET thinned_until_ms = ? WHERE id = ?').run(end, id)
      this.#database.exec('COMMIT')
    } catch (error) {
      this.#database.exec('ROLLBACK')
      throw error
    }
  }

  #do<T>(step: string, work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw storeError(this.path, step, error)
    }
  }
}

const EXTREMES: readonly { metrics: readonly Metric[]; most: 'lowest' | 'highest' }[] = [
  { metrics: ['rss-anon', 'rss', 'cgroup-current'], most: 'lowest' },
  { metrics: ['rss-anon', 'rss', 'cgroup-current'], most: 'highest' },
  { metrics: ['heap-floor', 'heap-live', 'heap-used'], most: 'lowest' },
]

function extreme(block: readonly { timeMs: number; sample: Sample }[], metrics: readonly Metric[], most: 'lowest' | 'highest'): number | undefined {
  let best: { timeMs: number; value: number } | undefined
  for (const { timeMs, sample } of block) {
    const value = metrics.map((metric) => sample[metric]).find((each) => each !== undefined)
    if (value !== undefined && (best === undefined || (most === 'lowest' ? value < best.value : value > best.value))) best = { timeMs, value }
  }
  return best?.timeMs
}
