import type { Run } from '../base/run.ts'
import { heapIndex } from '../analysis/heap/heap-index.ts'
import type { HeapIndex } from '../analysis/heap/heap-index.ts'
import { judgeAgainstBaseline } from '../analysis/gate.ts'
import { explainWatched } from '../analysis/watched/explain-watched.ts'
import { findWatched } from '../analysis/watched/find-watched.ts'
import type { WatchedRecord } from '../analysis/watched/find-watched.ts'
import type { Baseline } from '../model/baseline.ts'
import type { Finding } from '../model/finding.ts'
import { type HeapGraph, NONE } from '../model/heap-graph.ts'
import { REPORT_SCHEMA } from '../model/report.ts'
import type { Report } from '../model/report.ts'
import type { Notice } from '../model/source.ts'
import { ReadError } from '../base/errors.ts'
import { openInput } from '../readers/open.ts'
import type { ByteSource } from '../readers/reader.ts'
import { renderFinding } from '../render/finding-text.ts'
import { mapSources } from './source-maps.ts'
import { mapTransformedCode } from './transformed-code.ts'
import { writeReport } from './write-report.ts'

export interface ExplainWatchesOptions {
  run: Run
  /** Only these tickets; every watch of the snapshot when empty. */
  tickets: readonly string[]
  /** Writes the report and pictures here. */
  folder?: string | undefined
  /** Source maps (base64) of code that was transformed in memory, by file. */
  sourceMaps?: Readonly<Record<string, string>> | undefined
  /** Leaks that are tolerated, and the day it is. */
  baseline?: { known: Baseline; today: string } | undefined
  /** Places in sources are shown relative to it. */
  cwd: string
  version: string
}

/** What watched objects are still here, and who holds them. */
export interface ExplainedSnapshot {
  report: Report
  /** In the order of the report's findings: the tickets and labels each one keeps, and the finding as text. */
  findings: { tickets: string[]; labels: string[]; finding: Finding; text: string; known?: string | undefined }[]
  /** Tickets whose objects the snapshot no longer has. */
  gone: string[]
  /** Tickets whose objects are there, held by nothing that the snapshot shows. */
  unheld: string[]
  folder: string | undefined
}

const COLUMNS = 100
const MOST_ROWS = 1000

/**
 * Reads a heap snapshot of a program that used `shouldGoAway`, and says for each watched object who holds it.
 * A folder that cannot be written is a notice, not a failure: the answer is worth more than the pictures.
 * @throws ReadError when the snapshot is cut or damaged
 */
export async function explainWatches(snapshot: ByteSource, options: ExplainWatchesOptions): Promise<ExplainedSnapshot> {
  const { run, tickets, cwd, version } = options
  const opened = await openInput(snapshot, run, { makes: ['heap-graph'] })
  if (opened.makes !== 'heap-graph') throw new ReadError({ file: snapshot.name, format: opened.format, position: { kind: 'whole' }, expected: 'a heap snapshot', found: opened.makes })
  const wanted = new Set(tickets)
  const records = findWatched(opened.model).filter((record) => wanted.size === 0 || wanted.has(record.ticket))
  const { causes, gone, unheld } = explainRecords(opened.model, heapIndex(opened.model, run), { records, run })
  for (const cause of causes) {
    const place = cause.records.map((record) => watchedAt(record.stack, cwd)).find((text) => text !== undefined)
    if (place !== undefined) cause.finding.reasons.push({ for: true, text: `watched at ${place}` })
  }
  if (options.sourceMaps !== undefined) mapTransformedCode(causes.map((cause) => cause.finding), options.sourceMaps)
  const report = await mapSources(reportOf(opened.model, causes.map((cause) => cause.finding), { records, unheld, version }), { run, cwd })
  const gate = options.baseline === undefined ? undefined : judgeAgainstBaseline(report.findings, options.baseline.known, options.baseline.today)
  const findings = causes.map((cause, position) => ({
    known: gate?.known.find(({ leak }) => leak.fingerprint === report.findings[position]!.fingerprint)?.leak.reason,
    tickets: cause.records.map((record) => record.ticket),
    labels: [...new Set(cause.records.map((record) => record.label))],
    finding: report.findings[position]!,
    text: renderFinding(report.findings[position]!, COLUMNS),
  }))
  const folder = options.folder === undefined ? undefined : await write(report, options.folder, run)
  return { report, findings, gone: gone.map((record) => record.ticket), unheld: unheld.map((record) => record.ticket), folder }
}

/**
 * What a snapshot that was taken for any other reason says about watched objects: findings for those whose time is up,
 * and what to add to the report. Undefined when the program watched nothing.
 */
export function findWatchedStillHere(graph: HeapGraph, index: HeapIndex, run: Run): { findings: Finding[]; notices: Notice[]; details: WatchedDetails } | undefined {
  const all = findWatched(graph)
  if (all.length === 0) return undefined
  const inTime = all.filter((record) => record.overdue === false && record.node !== NONE)
  const { causes, gone, unheld } = explainRecords(graph, index, { records: all.filter((record) => !inTime.includes(record)), run })
  return {
    findings: causes.map((cause) => cause.finding),
    notices: unheld.length === 0 ? [] : [unheldNotice(unheld.length)],
    details: {
      watched: all.length,
      gone: gone.length,
      stillInTime: inTime.length,
      stillHere: causes.flatMap((cause) => cause.records.map(({ label, ticket, ageMs, tags }) => ({ label, ticket, ageMs, tags, fingerprint: cause.finding.fingerprint }))).slice(0, MOST_ROWS),
    },
  }
}

export interface WatchedDetails {
  watched: number
  gone: number
  /** Here, but not for longer than they may. */
  stillInTime: number
  stillHere: { label: string; ticket: string; ageMs: number | undefined; tags: string | undefined; fingerprint: string }[]
}

/** The analysis alone, for jobs that have a graph already. */
export function explainRecords(graph: HeapGraph, index: HeapIndex, { records, run }: { records: readonly WatchedRecord[]; run: Run }): ReturnType<typeof explainWatched> {
  return explainWatched(graph, records, { dominators: index.dominators(), run })
}

/** The innermost frame of a watch's stack. */
function watchedAt(stack: string | undefined, cwd: string): string | undefined {
  const place = /(?:\(|at )(?:file:\/\/)?(\/?[^()\s]+:\d+:\d+)\)?/.exec(stack?.split('\n')[0] ?? '')?.[1]
  return place?.startsWith(`${cwd}/`) === true ? place.slice(cwd.length + 1) : place
}

function reportOf(graph: HeapGraph, findings: Finding[], { records, unheld, version }: { records: readonly WatchedRecord[]; unheld: readonly WatchedRecord[]; version: string }): Report {
  const leaks = findings.filter((finding) => finding.verdict === 'leak')
  return {
    schema: REPORT_SCHEMA,
    tool: { name: 'stillhere', version },
    command: 'shouldGoAway',
    verdict: leaks.length > 0 ? 'leak' : findings.length + unheld.length > 0 ? 'undecided' : 'healthy',
    summary: leaks.length > 0 ? `${leaks.reduce((sum, { subject }) => sum + (subject.kind === 'nodes' ? subject.count : 0), 0)} watched objects are still here, held in ${leaks.length} ${leaks.length === 1 ? 'way' : 'ways'}` : `${records.length} objects are watched; the program holds none of them`,
    sources: [graph.source],
    findings,
    notices: unheld.length === 0 ? [] : [unheldNotice(unheld.length)],
  }
}

function unheldNotice(count: number): Notice {
  return { code: 'watched-unheld', count, message: 'watched objects are here, but nothing the snapshot shows holds them' }
}

async function write(report: Report, folder: string, run: Run): Promise<string | undefined> {
  try {
    await writeReport(report, folder, run)
    return folder
  } catch (error) {
    report.notices.push({ code: 'folder-not-written', count: 1, message: error instanceof Error ? error.message : String(error) })
    return undefined
  }
}
