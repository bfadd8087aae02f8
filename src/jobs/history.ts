import { UsageError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import { judgeSeries } from '../analysis/series/judge-series.ts'
import type { MemorySeries } from '../model/memory-series.ts'
import type { Report } from '../model/report.ts'
import type { SeriesVerdict } from '../model/series-verdict.ts'
import { openInput } from '../readers/open.ts'
import { Store, type StoredProcess } from '../store/store.ts'
import { decompress, fileSource } from './file-source.ts'

/** What the store holds, newest first. */
export async function listHistory(path: string): Promise<StoredProcess[]> {
  using store = await Store.open(path)
  return store.list()
}

export interface Stored {
  process: StoredProcess
  series: MemorySeries
  verdict: SeriesVerdict
  earlier: { timeMs: number; verdict: SeriesVerdict }[]
  /** What was found to hold the memory. */
  reports: { timeMs: number; report: Report }[]
}

/** One stored process, judged anew, with its earlier verdicts. @throws UsageError for an unknown id */
export async function showStored(path: string, id: number): Promise<Stored> {
  using store = await Store.open(path)
  const series = store.series(id)
  const process = store.list().find((each) => each.id === id)
  if (series === undefined || process === undefined) {
    throw new UsageError({ argument: 'id', given: String(id), allowed: 'an id of the store', hint: '`stillhere history` lists them.' })
  }
  return { process, series, verdict: judgeSeries(series), earlier: store.verdicts(id), reports: store.reports(id) }
}

/** Reads any memory series and keeps it in the store; gives its id. */
export async function importSeries(file: string, path: string, run: Run, format?: string): Promise<number> {
  const opened = await openInput(await fileSource(file), run, { decompress, makes: ['memory-series'], format })
  const series = opened.model as MemorySeries
  using store = await Store.open(path)
  const startedAtMs = series.process.startedAtMs ?? series.timeMs[0] ?? 0
  const id = store.enter(
    { pid: series.process.pid ?? 0, startedAtMs, command: series.process.command ?? file, runtime: series.process.runtime, limitBytes: series.limitBytes },
    series.timeMs[0] ?? 0,
  )
  store.addSeries(id, series)
  store.addVerdict(id, series.timeMs.at(-1) ?? 0, judgeSeries(series))
  return id
}
