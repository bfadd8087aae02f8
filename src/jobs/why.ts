import { countText } from '../base/bytes-text.ts'
import { UsageError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import { groupEntries, heldAs, lookAt } from '../analysis/collections/describe-collection.ts'
import { CollectionReader } from '../analysis/collections/read-collection.ts'
import { holdsText } from '../analysis/collections/tell-collections.ts'
import { ORIGIN, originOfFile } from '../analysis/diff/growing-classes.ts'
import { type BestPaths, findBestPaths } from '../analysis/heap/best-paths.ts'
import type { HeapIndex } from '../analysis/heap/heap-index.ts'
import { PREFERENCE } from '../analysis/heap/holder-preference.ts'
import { findRetainingGraph } from '../analysis/heap/retaining-graph.ts'
import { describePath, type NodePath, nodePathTo, shortenPath } from '../analysis/heap/retaining-paths.ts'
import { vocabularyOf } from '../analysis/vocabulary/vocabulary-of.ts'
import type { Finding } from '../model/finding.ts'
import { EDGE, edgeNameOf, type HeapGraph, locationOf, NODE, nodeNameOf } from '../model/heap-graph.ts'
import { type Report, REPORT_SCHEMA } from '../model/report.ts'
import type { RetainingGraph } from '../model/retaining-graph.ts'
import type { RetainingPath, StepStatus } from '../model/retaining-path.ts'
import { loadHeap, type LoadOptions } from './load-heap.ts'
import { mapSources } from './source-maps.ts'

export interface WhyPlan {
  readonly cache?: LoadOptions['cache']
  readonly javaLayout?: LoadOptions['javaLayout']
  readonly memoryBytes?: LoadOptions['memoryBytes']
  readonly file: string
  /** `@id`, a class name, or a string in quotes. */
  readonly selector: string
  /** Different paths that are shown. */
  readonly paths: number
  /** Whether all that holds the objects is gathered for a picture, beside the report. */
  readonly picture: 'wanted' | 'not wanted'
  /** Whether keys of a collection are shown as they are; reports hold no contents otherwise. */
  readonly contents?: 'shown' | 'redacted' | undefined
  readonly format?: string | undefined
  readonly version: string
  readonly cwd: string
}

/** Objects that are held the same way. */
interface Group {
  readonly path: RetainingPath
  count: number
  readonly preference: number
  /** One of them. */
  readonly node: number
}

/** Instances whose paths are told apart; more are counted, not walked. */
const MOST_WALKED = 20_000
const MOST_ENTRY_ROWS = 20

const WORSE: Record<number, string> = {
  [PREFERENCE.runtime]: 'held only by compiled code or the runtime’s tables: usually gone after the next collections',
  [PREFERENCE.stack]: 'held only by a running frame: not a leak while that function runs',
  [PREFERENCE.debugger]: 'held only by a debugger or the console: not by the program',
}

export interface Why {
  report: Report
  /** All that holds the objects, when a picture was wanted. */
  graph?: RetainingGraph | undefined
}

/**
 * Why objects are still here: the best path to each, those that leak the same way shown once.
 * @throws UsageError when nothing in the snapshot is meant by the selector; ReadError, Cancelled
 */
export async function explainWhy(plan: WhyPlan, run: Run): Promise<Why> {
  const { graph, index } = await loadHeap(plan.file, run, { format: plan.format, cache: plan.cache, javaLayout: plan.javaLayout, memoryBytes: plan.memoryBytes })
  const nodes = selectNodes(graph, index, plan.selector)
  const paths = findBestPaths(graph, run)
  const reached = nodes.filter((node) => paths.edge[node] !== 0xffffffff)
  const groups = new Map<string, Group>()
  for (const node of reached.slice(0, MOST_WALKED)) {
    const way = nodePathTo(paths, node)
    const known = keyOf(graph, way)
    const group = groups.get(known)
    if (group !== undefined) group.count++
    else groups.set(known, { path: shortenPath(describePath(graph, way, judge(graph, way))), count: 1, preference: paths.preference[node]!, node })
  }
  const findings = [...groups.values()]
    .toSorted((a, b) => a.preference - b.preference || b.count - a.count)
    .slice(0, plan.paths)
    .map((group) => describeGroup(group, index))
  const entries = reached.length === 1 ? entriesOf(graph, paths, reached[0]!, plan.contents ?? 'redacted') : undefined
  if (entries !== undefined) findings[0]?.reasons.push({ for: true, text: entries.text })
  const report: Report = {
    schema: REPORT_SCHEMA,
    tool: { name: 'stillhere', version: plan.version },
    command: 'why',
    verdict: 'undecided',
    summary:
      reached.length === 0
        ? `${countText(nodes.length)} found, none reachable: the next collection frees ${nodes.length === 1 ? 'it' : 'them'}.`
        : `${countText(reached.length)} found, held in ${countText(groups.size)} way${groups.size === 1 ? '' : 's'}.`,
    sources: [graph.source],
    findings,
    notices: [],
    ...(entries === undefined ? {} : { details: { entries: entries.rows } }),
  }
  if (plan.picture === 'not wanted') return { report: await mapSources(report, { run, cwd: plan.cwd }) }
  const status = new Map(findings.flatMap((finding) => finding.paths).flatMap(({ steps }) => steps.map((step) => [step.nodeId, step.status])))
  const statusOf = (node: number): StepStatus | undefined => status.get(graph.nodeId[node]!)
  const drawn = findRetainingGraph(graph, { targets: reached, paths, retainers: index.retainers(), statusOf }, run)
  // Its places are led to the sources together with those of the report.
  const { details, ...mapped } = await mapSources({ ...report, details: { ...report.details, drawn } }, { run, cwd: plan.cwd })
  return { report: mapped, graph: details?.['drawn'] as RetainingGraph }
}

/** What a collection holds, and its entries by what they look like; undefined for anything else. */
function entriesOf(graph: HeapGraph, paths: BestPaths, node: number, contents: 'shown' | 'redacted'): { text: string; rows: Record<string, unknown>[] } | undefined {
  const reader = new CollectionReader(graph)
  const collection = reader.read(node)
  if (collection === undefined || collection.entries === 0) return undefined
  const rows = groupEntries(graph, reader, node, contents).slice(0, MOST_ENTRY_ROWS).map(({ sample, ...group }) => (sample === undefined ? group : { ...group, sample }))
  return { text: holdsText({ ...collection, ...lookAt(graph, reader, collection, contents), heldAs: heldAs(graph, paths, node) }), rows }
}

function selectNodes(graph: HeapGraph, index: HeapIndex, selector: string): number[] {
  const quoted = /^(["'`])([\s\S]*)\1$/.exec(selector)
  const matches = selector.startsWith('@') ? byId(graph, selector) : quoted !== null ? byText(graph, quoted[2]!) : byClass(graph, index, selector)
  if (matches.length > 0) return matches
  throw new UsageError({
    argument: 'selector',
    given: selector,
    allowed: 'an object of this snapshot: @id, a class name, or a string in quotes',
    hint: 'stillhere analyze FILE lists the classes, each with the id of one object.',
  })
}

function byId(graph: HeapGraph, selector: string): number[] {
  const id = Number(selector.slice(1))
  const node = graph.nodeId.indexOf(id)
  return Number.isInteger(id) && node >= 0 ? [node] : []
}

function byText(graph: HeapGraph, text: string): number[] {
  const found: number[] = []
  for (let node = 1; node < graph.nodeCount; node++) {
    const kind = graph.nodeKind[node]
    if ((kind === NODE.string || kind === NODE['concatenated-string'] || kind === NODE['sliced-string']) && nodeNameOf(graph, node) === text) found.push(node)
  }
  return found
}

/** Instances of a class; where there are none, functions of that name; where there are none, the class itself. */
function byClass(graph: HeapGraph, index: HeapIndex, name: string): number[] {
  const instances: number[] = []
  const functions: number[] = []
  const classes: number[] = []
  for (let node = 1; node < graph.nodeCount; node++) {
    const kind = graph.nodeKind[node]
    if (kind === NODE.closure) {
      if (nodeNameOf(graph, node) === name) functions.push(node)
    } else if (kind === NODE.class) {
      if (nodeNameOf(graph, node) === name) classes.push(node)
    } else if (isInstance(kind) && (nodeNameOf(graph, node) === name || index.classOf(node) === name)) instances.push(node)
  }
  return instances.length > 0 ? instances : functions.length > 0 ? functions : classes
}

function isInstance(kind: number | undefined): boolean {
  return kind === NODE.object || kind === NODE.native || kind === NODE.thread || kind === NODE['class-loader'] || kind === NODE['weak-reference']
}

/** What makes two paths the same way: names of references and classes, without ids and positions. */
function keyOf(graph: HeapGraph, { nodes, edges }: NodePath): string {
  const { insides } = vocabularyOf(graph)
  return nodes
    .map((node, step) => {
      const edge = edges[step]!
      const kind = graph.edgeKind[edge]
      // An entry of a table hangs on the table or on another entry: that is chance.
      const isData = insides.test(nodeNameOf(graph, node)) || kind === EDGE.element || kind === EDGE.hidden || /\d/.test(edgeNameOf(graph, edge))
      return `${isData ? '' : graph.edgeName[edge]} ${graph.nodeKind[node] === NODE.string ? '' : graph.nodeName[node]}`
    })
    .filter((word, step, all) => word !== all[step - 1])
    .join('\n')
}

/** The asked-for object is taken as leaking; from the first holder that the program wrote on, every reference may be the mistake. */
function judge(graph: HeapGraph, { nodes }: NodePath): (step: number) => { status: 'fine' | 'suspect' | 'leaking'; reason?: string } {
  const written = nodes.findIndex((node) => originOfFile(locationOf(graph, node)?.file ?? '') <= ORIGIN.package)
  return (step) => {
    if (step === nodes.length - 1) return { status: 'leaking', reason: 'asked for' }
    return step <= written || written < 0 ? { status: 'fine' } : { status: 'suspect' }
  }
}

function describeGroup(group: Group, index: HeapIndex): Finding {
  const className = index.classOf(group.node)
  const worse = WORSE[group.preference]
  return {
    verdict: 'undecided',
    pattern: 'path',
    category: 'other',
    title: `${countText(group.count)} ${className} held this way`,
    reasons: worse === undefined ? [] : [{ for: false, text: worse }],
    subject: { kind: 'nodes', className, count: group.count, exampleId: group.path.steps.at(-1)?.nodeId },
    paths: [group.path],
    location: group.path.steps.findLast((step) => step.location !== undefined)?.location,
    fingerprint: group.path.fingerprint,
    advice: '',
  }
}
