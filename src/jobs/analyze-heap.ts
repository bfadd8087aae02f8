import { bytesText, countText } from '../base/bytes-text.ts'
import type { Run } from '../base/run.ts'
import { CollectionTracker } from '../analysis/collections/collection-tracker.ts'
import { collectionUse } from '../analysis/collections/collection-use.ts'
import { sizeRow } from '../analysis/collections/tell-collections.ts'
import { accumulationFindings } from '../analysis/accumulation/accumulation-findings.ts'
import type { AccumulationSuspect } from '../analysis/heap/accumulation-suspects.ts'
import { tellApart } from '../analysis/heap/fingerprint.ts'
import type { HeapIndex } from '../analysis/heap/heap-index.ts'
import type { Finding } from '../model/finding.ts'
import { type HeapGraph, NODE, NODE_KINDS, NONE, ROOT } from '../model/heap-graph.ts'
import { type Report, REPORT_SCHEMA } from '../model/report.ts'
import { stackTotals, threadGroups } from '../analysis/heap/thread-groups.ts'
import { findDeclaredLines } from './declared-lines.ts'
import { findWatchedStillHere } from './explain-watches.ts'
import { type LoadOptions, openHeap } from './load-heap.ts'
import type { HeapSummary } from './load-heap/summarize.ts'
import { nameKnownLeaks } from './name-known-leaks.ts'
import { mapSources } from './source-maps.ts'
import { heapAsWritten } from './written-names.ts'

export interface AnalyzePlan {
  readonly file: string
  readonly version: string
  readonly format?: string | undefined
  /** Rows of the class table. */
  readonly classes: number
  /** Rows of the table of collections; 10 when absent. */
  readonly collections?: number | undefined
  /** Whether keys of collections are shown as they are; reports hold no contents otherwise. */
  readonly contents?: 'shown' | 'redacted' | undefined
  readonly cache?: LoadOptions['cache']
  readonly javaLayout?: LoadOptions['javaLayout']
  readonly memoryBytes?: LoadOptions['memoryBytes']
}

const BIGGEST = 15
/** Of a Python of 64 bits. */
const POINTER_BYTES = 8
const FRAMES_SHOWN = 4

/**
 * One snapshot: what is in it, what keeps most, and what gathers an unusual share. No verdict: a single snapshot shows
 * what is big, not what grows. Where memory does not hold the graph, classes by count and size, and what that lacks.
 * @throws ReadError, UsageError, Cancelled
 */
export async function analyzeHeap({ file, version, format, classes, collections = 10, contents, cache, javaLayout, memoryBytes }: AnalyzePlan, run: Run): Promise<Report> {
  const opened = await openHeap(file, run, { format, cache, javaLayout, memoryBytes })
  if (opened.kind === 'summary') return summaryReport(opened.summary, { version, classes })
  const { graph, index } = await heapAsWritten(opened.heap, run)
  const tree = index.dominators()
  const paths = index.bestPaths()
  const total = tree.retainedBytes[ROOT]!
  // A drawn graph, say, holds none: nothing of it may read as if it took 0 bytes.
  const hasSizes = total > 0
  const { findings: held, suspects } = accumulationFindings(index, paths, run)
  const named = tellApart(held)
  const runtime = graph.source.runtime
  const findings = runtime === 'jvm' || runtime === 'cpython' ? await findDeclaredLines(named, { runtime, cwd: process.cwd() }, run) : named
  const first = suspects[0]
  const tracker = new CollectionTracker(contents)
  if (collections > 0) tracker.add(graph, run)
  const biggest = tracker.describe({ most: collections, weight: (node) => tree.retainedBytes[node]! }, run, paths)
  const uses = collections > 0 && hasSizes ? collectionUse(graph, graph.referenceArrays?.elementBytes ?? (graph.source.runtime === 'cpython' ? POINTER_BYTES : undefined), run) : []
  const watched = findWatchedStillHere(graph, index, run)
  const stillHere = watched?.findings.filter((finding) => finding.verdict === 'leak') ?? []
  const threads = threadGroups(index, run)
  const stacks = stackTotals(graph)
  const report: Report = {
    schema: REPORT_SCHEMA,
    tool: { name: 'stillhere', version },
    command: 'analyze',
    verdict: stillHere.length > 0 ? 'leak' : findings.some(({ verdict }) => verdict === 'suspect') ? 'suspect' : 'undecided',
    summary:
      (stillHere.length === 0 ? '' : `${countText(watched!.details.stillHere.length)} objects that the program said should be gone are still here. `) +
      `${hasSizes ? `${bytesText(total)} in ` : ''}${countText(tree.order.length)} reachable objects${hasSizes ? '. ' : ', of sizes that the file does not say.'}` +
      (!hasSizes ? '' : first === undefined
        ? 'Nothing keeps more than a tenth of it alone.'
        : `${mostKept(first, findings[0], total)}. Big is not leaking.`) +
      (stacks === undefined ? '' : ` Beside the heap: ${countText(stacks.goroutines)} ${stacks.goroutines === 1 ? 'goroutine' : 'goroutines'}, at least ${bytesText(stacks.atLeastBytes)} of stacks.`),
    wouldDecide: 'two more snapshots of the same process, each after the same work again: stillhere diff A B C',
    sources: [graph.source],
    findings: await nameKnownLeaks([...(watched?.findings ?? []), ...findings], run),
    notices: watched?.notices ?? [],
    details: {
      ...(watched === undefined ? {} : { watched: watched.details }),
      kinds: hasSizes ? kindTotals(graph, tree.order) : kindTotals(graph, tree.order).map(({ kind, count }) => ({ kind, count })).toSorted((a, b) => b.count - a.count),
      ...(threads.length === 0 ? {} : { threads: threads.map((each) => ({ ...each, frames: each.frames.slice(0, FRAMES_SHOWN).join(' ← ') })) }),
      ...(stacks === undefined ? {} : { stacks: [stacks] }),
      ...(hasSizes ? { biggest: biggestRetainers(index) } : {}),
      ...(uses.length === 0 ? {} : { collectionUse: uses.slice(0, collections) }),
      ...(biggest.length === 0 ? {} : { collections: biggest.map((each) => sizeRow(each, hasSizes ? tree.retainedBytes[each.node] : undefined)) }),
      classes: classRows(index, hasSizes).slice(0, classes),
    },
  }
  return mapSources(report, { run, cwd: process.cwd() })
}

/** Where most comes together, in the program's words where there are some. */
function mostKept(first: AccumulationSuspect, finding: Finding | undefined, totalBytes: number): string {
  if (finding !== undefined && finding.pattern !== 'accumulation' && finding.subject.kind === 'nodes' && finding.retainedBytes !== undefined) {
    return `${Math.round((100 * finding.retainedBytes) / totalBytes)} % comes together in one place: ${countText(finding.subject.count)} ${finding.subject.className}`
  }
  return `${Math.round(first.share * 100)} % is kept by ${first.count === 1 ? `one ${first.className}` : `${countText(first.count)} ${first.className}`}`
}

/** Of a heap that memory does not hold: sizes by kind and class, and no word about who holds what. */
function summaryReport({ source, total, kinds, classes }: HeapSummary, plan: { version: string; classes: number }): Report {
  return {
    schema: REPORT_SCHEMA,
    tool: { name: 'stillhere', version: plan.version },
    command: 'analyze',
    verdict: 'undecided',
    summary: `${bytesText(total.shallowBytes)} in ${countText(total.count)} objects. There was too little memory to look at who holds them.`,
    wouldDecide: 'the same where there is more memory; for a leak, snapshots of a smaller heap: stillhere diff A B C',
    sources: [source],
    findings: [],
    notices: [],
    details: { kinds, classes: classes.slice(0, plan.classes) },
  }
}

function kindTotals(graph: HeapGraph, order: Uint32Array): { kind: string; count: number; shallowBytes: number }[] {
  const count = new Float64Array(NODE_KINDS.length)
  const bytes = new Float64Array(NODE_KINDS.length)
  for (const node of order) {
    count[graph.nodeKind[node]!]!++
    bytes[graph.nodeKind[node]!]! += graph.shallowBytes[node]!
  }
  return NODE_KINDS.map((kind, number) => ({ kind, count: count[number]!, shallowBytes: bytes[number]! }))
    .filter((row) => row.count > 0)
    .toSorted((a, b) => b.shallowBytes - a.shallowBytes)
}

/** Most kept first; of a graph without sizes most objects first, and no column of bytes. */
function classRows(index: HeapIndex, hasSizes: boolean): Record<string, unknown>[] {
  const rows = index.classTotals().map(({ exampleNode, ...each }) => ({ ...each, exampleId: index.graph.nodeId[exampleNode]! }))
  return hasSizes ? rows : rows.toSorted((a, b) => b.count - a.count).map((row) => Object.fromEntries(Object.entries(row).filter(([column]) => !column.endsWith('Bytes'))))
}

/** Single objects by what they alone keep; of a chain in which each keeps nearly the same, only the topmost. */
function biggestRetainers(index: HeapIndex): { className: string; objectId: number; retainedBytes: number; shallowBytes: number }[] {
  const { graph } = index
  const { immediateDominator, retainedBytes, order } = index.dominators()
  const isOwn = NODE_KINDS.map((kind) => kind !== 'synthetic' && kind !== 'code' && kind !== 'shape' && kind !== 'hidden')
  const biggest: number[] = []
  for (let at = 1; at < order.length; at++) {
    const node = order[at]!
    const bytes = retainedBytes[node]!
    if (biggest.length === BIGGEST && bytes <= retainedBytes[biggest.at(-1)!]!) continue
    if (!isOwn[graph.nodeKind[node]!]) continue
    const above = immediateDominator[node]!
    if (above !== NONE && graph.nodeKind[above] !== NODE.synthetic && bytes >= 0.9 * retainedBytes[above]!) continue
    const place = biggest.findIndex((other) => bytes > retainedBytes[other]!)
    biggest.splice(place < 0 ? biggest.length : place, 0, node)
    biggest.length = Math.min(biggest.length, BIGGEST)
  }
  return biggest.map((node) => ({ className: index.classOf(node), objectId: graph.nodeId[node]!, retainedBytes: retainedBytes[node]!, shallowBytes: graph.shallowBytes[node]! }))
}
