import type { Run } from '../base/run.ts'
import type { GcLog } from '../model/gc-log.ts'
import type { MemorySeries } from '../model/memory-series.ts'
import type { SeriesVerdict } from '../model/series-verdict.ts'
import { seriesOfGcLog } from '../analysis/gc/series-of-gc-log.ts'
import { streamsOf } from '../analysis/gc/gc-summary.ts'
import { judgeSeries, type JudgeOptions } from '../analysis/series/judge-series.ts'
import { openInput } from '../readers/open.ts'
import { decompress, fileSource } from './file-source.ts'

export interface FileVerdict {
  series: MemorySeries
  verdict: SeriesVerdict
}

/** Reads any file that holds memory over time, a collector's log included, and judges it. @throws ReadError, UsageError, Cancelled */
export async function judgeFile(path: string, run: Run, options: JudgeOptions & { format?: string | undefined } = {}): Promise<FileVerdict> {
  const opened = await openInput(await fileSource(path), run, { decompress, makes: ['memory-series', 'gc-log'], format: options.format })
  const series = opened.makes === 'gc-log' ? seriesOfMainStream(opened.model) : (opened.model as MemorySeries)
  return { series, verdict: judgeSeries(series, { evidence: options.evidence, weights: options.weights }) }
}

/** The process or isolate with the most collections. */
function seriesOfMainStream(log: GcLog): MemorySeries {
  return seriesOfGcLog(log, streamsOf(log)[0]?.collections ?? [])
}
