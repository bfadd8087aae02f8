import { bytesText, countText } from '../base/bytes-text.ts'
import type { Run } from '../base/run.ts'
import { CollectionTracker } from '../analysis/collections/collection-tracker.ts'
import { lifeRow, tellCollections } from '../analysis/collections/tell-collections.ts'
import { type ClassChange, type ClassCounts, countClasses, findClassChanges } from '../analysis/diff/class-changes.ts'
import { GrowthTracker } from '../analysis/diff/growth-tracker.ts'
import type { Finding, Verdict } from '../model/finding.ts'
import { type Report, REPORT_SCHEMA } from '../model/report.ts'
import type { Notice, Source } from '../model/source.ts'
import { findDeclaredLines } from './declared-lines.ts'
import { findHolderLines } from './holder-lines.ts'
import { loadHeap, type LoadOptions } from './load-heap.ts'
import { nameKnownLeaks } from './name-known-leaks.ts'
import { readProfile } from './read-profile.ts'
import { mapSources } from './source-maps.ts'
import { heapAsWritten } from './written-names.ts'

export interface DiffPlan {
  /** Two or more, in the order in which they were taken. */
  readonly files: readonly string[]
  /** Operations done between one snapshot and the next; growth is then told per operation. */
  readonly operations?: number | undefined
  /** A sampling profile of the same run, for the lines that allocate. */
  readonly profile?: string | undefined
  readonly format?: string | undefined
  readonly version: string
  readonly cwd: string
  /** Rows of the class table. */
  readonly classes: number
  readonly cache?: LoadOptions['cache']
  readonly javaLayout?: LoadOptions['javaLayout']
  readonly memoryBytes?: LoadOptions['memoryBytes']
}

const MOST_COLLECTIONS = 50
const MOST_ROWS = 10
const FEWEST_CAME = 5
/** A second one would find dominators, which are not needed here, and put the graph into memory that V8 does not count and so collects late. */
const THREADS = 1

/**
 * Compares two or more snapshots of one program: what grew at every step, held by whom, and how every class changed.
 * Two snapshots can only make suspects; the third shows whether it goes on.
 * One graph is held at a time, two while the next is read.
 * @throws ReadError, UsageError, Cancelled
 */
export async function diffHeaps(plan: DiffPlan, run: Run): Promise<Report> {
  const tracker = new GrowthTracker()
  const followed = new CollectionTracker()
  const sources: Source[] = []
  let before: ClassCounts | undefined
  let changes: (comparable: 'ids' | 'classes') => ClassChange[] = () => []
  // A function of its own: what a loop's body names would be held while it waits for the next graph.
  const add = async (file: string, position: number): Promise<void> => {
    const { graph, index } = await heapAsWritten(await loadHeap(file, run, { format: plan.format, cache: plan.cache, javaLayout: plan.javaLayout, memoryBytes: plan.memoryBytes, threads: THREADS }), run)
    tracker.add(graph, { operations: position * (plan.operations ?? 1) }, run)
    followed.add(graph, run)
    sources.push(graph.source)
    const first = (before ??= countClasses(index))
    if (position === plan.files.length - 1) changes = (comparable) => findClassChanges(first, index, comparable)
  }
  for (const [position, file] of plan.files.entries()) await add(file, position)
  const allocations = plan.profile === undefined ? undefined : await readProfile(plan.profile, run)
  const grown = tracker.explain({ per: plan.operations === undefined ? 'snapshot' : 'operation', allocations }, run)
  const collections = grown.isSameProcess ? followed.describe({ most: MOST_COLLECTIONS }, run) : []
  const units = (plan.files.length - 1) * (plan.operations ?? 1)
  const told = tellCollections(grown.findings, collections, { units, per: plan.operations === undefined ? 'snapshot' : 'operation' })
  const runtime = sources[0]?.runtime
  const placed = runtime === 'jvm' || runtime === 'cpython' ? await findDeclaredLines(told, { runtime, cwd: plan.cwd }, run) : await findHolderLines(told, run)
  const findings = (await nameKnownLeaks(placed, run)).map((finding) => (plan.files.length > 2 ? finding : asSuspect(finding)))
  const accused = findings.filter(({ verdict }) => verdict !== 'healthy')
  const verdict = verdictOf(accused)
  const changed = collections.filter(({ life }) => life !== undefined && life.came >= FEWEST_CAME).slice(0, MOST_ROWS).map(lifeRow)
  const notices: Notice[] = grown.notLeaks.map((text) => ({ code: 'not-a-leak', count: 1, message: `not counted: ${text}` }))
  if (!grown.isSameProcess && sources.some((source) => !source.idsAreStable)) {
    notices.push({ code: 'no-lasting-ids', count: 1, message: 'snapshots of this runtime do not tell which object is which: matched by class and path, not object by object' })
  } else if (!grown.isSameProcess) {
    notices.push({ code: 'different-processes', count: 1, message: 'objects have other ids in each snapshot: different processes, or an inspector was closed in between, as every `stillhere snapshot` of Node does; matched by class and path, not object by object' })
  }
  const report: Report = {
    schema: REPORT_SCHEMA,
    tool: { name: 'stillhere', version: plan.version },
    command: 'diff',
    verdict,
    summary: summaryOf(accused, grown.total, plan),
    ...(verdict === 'suspect' ? { wouldDecide: plan.files.length > 2 ? 'more snapshots, each after the same work again' : 'a third snapshot of the same process, after the same work again: what grew in both steps is a leak' } : {}),
    sources,
    findings,
    notices,
    details: { ...(changed.length === 0 ? {} : { collections: changed }), classes: changes(grown.isSameProcess ? 'ids' : 'classes').slice(0, plan.classes) },
  }
  return mapSources(report, { run, cwd: plan.cwd })
}

function asSuspect(finding: Finding): Finding {
  if (finding.verdict === 'healthy') return finding
  return { ...finding, verdict: 'suspect', reasons: [...finding.reasons, { for: false, text: 'Two snapshots show one step: warming up and filling caches look the same.' }] }
}

function verdictOf(findings: readonly Finding[]): Verdict {
  if (findings.some((finding) => finding.verdict === 'leak')) return 'leak'
  return findings.length > 0 ? 'suspect' : 'healthy'
}

function summaryOf(findings: readonly Finding[], total: { bytes: number }, { files, operations }: DiffPlan): string {
  const per = operations === undefined ? 'snapshot' : 'operation'
  const [first, ...others] = findings
  if (first === undefined) return `Nothing grew at every step of ${countText(files.length)} snapshots.`
  const share = total.bytes > 0 ? ` ${Math.min(100, Math.round((100 * (first.growth?.bytes ?? 0)) / total.bytes))} % of what the heap gains.` : ''
  return `${bytesText(first.growth?.bytes ?? 0)} more per ${per} of ${first.subject.className}.${share}${others.length > 0 ? ` ${countText(others.length)} more cause${others.length === 1 ? '' : 's'}.` : ''}`
}
