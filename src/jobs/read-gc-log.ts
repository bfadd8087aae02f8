import type { Run } from '../base/run.ts'
import { ReadError, UsageError } from '../base/errors.ts'
import { diagnoseGc, type GcDiagnosis } from '../analysis/gc/diagnose-gc.ts'
import { type GcSummary, streamsOf, summarizeGc } from '../analysis/gc/gc-summary.ts'
import type { Finding, Verdict } from '../model/finding.ts'
import type { GcLog } from '../model/gc-log.ts'
import { REPORT_SCHEMA, type Report } from '../model/report.ts'
import { openInput } from '../readers/open.ts'
import type { ByteSource } from '../readers/reader.ts'
import { decompress, fileSource } from './file-source.ts'
import { forecastGc } from './forecast-gc.ts'
import type { GcSettings } from './gc-settings.ts'

export interface GcLogRequest {
  /** One log, or the parts of a rotated one in any order. */
  files: readonly string[]
  /** A log that is in no file; in place of `files`. */
  source?: ByteSource | undefined
  format?: string | undefined
  /** Settings to forecast. */
  whatIf?: GcSettings | undefined
  /** GOGC of the run that wrote the log, where it cannot be seen from its goals. */
  observedPercent?: number | undefined
  version: string
}

/** A GC log as the commands need it: the report, and what pictures are made from. */
export interface GcLogAnswer {
  report: Report
  log: GcLog
  summary: GcSummary
  collections: Uint32Array
}

/** Reads a collector's log, says what it means, and, asked to, what other settings would have done. */
export async function readGcLog(request: GcLogRequest, run: Run): Promise<GcLogAnswer> {
  const log = await readParts(request, run)
  const streams = streamsOf(log)
  const [main = { name: undefined, collections: new Uint32Array(0) }] = streams
  const summaries = streams.map((stream) => summarizeGc(log, stream))
  const [summary] = summaries
  if (summary === undefined) throw new Error('a log without a stream')
  const diagnoses = summaries.flatMap((each) => diagnoseGc(each).map((diagnosis) => ({ diagnosis, stream: each })))
  const forecast = request.whatIf === undefined ? undefined : forecastGc(log, main.collections, summary, request.whatIf, request.observedPercent)
  const findings = diagnoses.filter(({ diagnosis }) => diagnosis.verdict !== 'healthy').map(({ diagnosis, stream }) => findingOf(diagnosis, stream))
  const verdict = gravest(diagnoses.map(({ diagnosis }) => diagnosis.verdict))
  const first = diagnoses.find(({ diagnosis }) => diagnosis.verdict === verdict)?.diagnosis
  const report: Report = {
    schema: REPORT_SCHEMA,
    tool: { name: 'stillhere', version: request.version },
    command: 'gc',
    verdict,
    summary: `${log.collector}, ${summary.collections} collections: ${first?.title ?? 'nothing to say'}`,
    wouldDecide: verdict === 'undecided' ? first?.advice : undefined,
    sources: [log.source],
    findings,
    notices: [
      ...(forecast?.notes ?? []).map((message) => ({ code: 'forecast', count: 1, message })),
      ...summaries.filter(({ clockFalls }) => clockFalls > 0).map(({ clockFalls, stream }) => ({
        code: 'clock-falls-back',
        count: clockFalls,
        message: `the clock falls back${stream === undefined ? '' : ` in the lines of ${stream}`}: more than one run, or a clock that was set; the times of the pieces are added up, and a trend over them says little`,
      })),
    ],
    details: {
      ...rowOf(summary),
      ...(summaries.length > 1 ? { processes: summaries.map(shortRowOf) } : {}),
      causes: summary.causes.slice(0, 12),
      recognizedLines: log.recognizedLines,
      otherLines: log.otherLines,
      ...(forecast === undefined ? {} : { forecast: forecast.rows }),
    },
  }
  return { report, log, summary, collections: main.collections }
}

async function readParts({ files, source: given, format }: GcLogRequest, run: Run): Promise<GcLog> {
  const read = async (source: ByteSource): Promise<GcLog> => {
    const opened = await openInput(source, run, { format, decompress, makes: ['gc-log'] })
    return opened.model as GcLog
  }
  if (given !== undefined) return read(given)
  const sources = await Promise.all(files.map(fileSource))
  const [only] = sources
  if (only === undefined) throw new UsageError({ argument: 'FILE', given: 'nothing', allowed: 'at least one GC log' })
  if (sources.length === 1) return read(only)
  // Parts of a rotated log: put into the order of their first collections, then read as one text.
  const parts = []
  for (const source of sources) parts.push({ source, firstMs: await firstCollectionOf(source, read) })
  const ordered = parts.some(({ firstMs }) => Number.isNaN(firstMs)) ? parts : parts.toSorted((a, b) => a.firstMs - b.firstMs)
  return read({
    name: ordered.map(({ source }) => source.name).join(' + '),
    async *chunks() {
      for (const { source } of ordered) {
        yield* source.chunks()
        yield new Uint8Array([10]) // a part may end inside its last line; it must not swallow the next part's first
      }
    },
  })
}

/** When a part of a log begins; its beginning is enough, unless that is compressed or holds no collection. */
async function firstCollectionOf(source: ByteSource, read: (source: ByteSource) => Promise<GcLog>): Promise<number> {
  const beginning: ByteSource = {
    name: source.name,
    async *chunks() {
      for await (const chunk of source.chunks()) {
        yield chunk
        return
      }
    },
  }
  const log = await read(beginning).catch((error: unknown) => {
    if (error instanceof ReadError) return undefined
    throw error
  })
  const whole = log !== undefined && log.collectionCount > 0 ? log : await read(source)
  return whole.startMs[0] ?? Number.NaN
}

function rowOf(summary: GcSummary): Record<string, unknown> {
  const percent = (share: number | undefined): number | undefined => (share === undefined || Number.isNaN(share) ? undefined : Math.round(1000 * share) / 10)
  return {
    collections: summary.collections,
    minor: summary.minors,
    major: summary.majors,
    mixed: summary.mixed,
    durationMs: summary.durationMs,
    stoppedPercent: percent(summary.pausedShare),
    cpuPercent: percent(summary.cpuShare),
    assistPercent: percent(summary.assistShare),
    pause50Ms: summary.pauses.p50Ms,
    pause99Ms: summary.pauses.p99Ms,
    pauseMaxMs: summary.pauses.maxMs,
    allocatedPerSecondBytes: summary.allocatedBytesPerSecond,
    promotedPerSecondBytes: summary.promotedBytesPerSecond,
    peakBytes: summary.peakBytes,
    floorFirstBytes: summary.floor?.bytes[0],
    floorLastBytes: summary.floor?.bytes.at(-1),
    floorPerHourBytes: summary.floor?.bytesPerHour,
    limitBytes: summary.heapLimitBytes,
  }
}

function shortRowOf(summary: GcSummary): Record<string, unknown> {
  return {
    process: summary.stream,
    collections: summary.collections,
    major: summary.majors,
    durationMs: summary.durationMs,
    floorFirstBytes: summary.floor?.bytes[0],
    floorLastBytes: summary.floor?.bytes.at(-1),
  }
}

function findingOf(diagnosis: GcDiagnosis, summary: GcSummary): Finding {
  return {
    verdict: diagnosis.verdict,
    pattern: `gc-${diagnosis.id}`,
    category: 'other',
    title: diagnosis.title,
    reasons: diagnosis.reasons,
    subject: { kind: 'collections', className: summary.collector, cause: summary.causes[0]?.cause ?? '' },
    growth:
      diagnosis.id === 'leak' && summary.floor !== undefined && !Number.isNaN(summary.floor.bytesPerHour)
        ? { bytes: summary.floor.bytesPerHour / 3600, count: Number.NaN, per: 'second' }
        : undefined,
    paths: [],
    fingerprint: `gc-${summary.collector}-${diagnosis.id}`,
    advice: diagnosis.advice,
  }
}

function gravest(verdicts: readonly Verdict[]): Verdict {
  for (const verdict of ['leak', 'suspect', 'undecided'] as const) if (verdicts.includes(verdict)) return verdict
  return 'healthy'
}
