import { countText } from '../base/bytes-text.ts'
import { UsageError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import { groupEntries, heldAs, lookAt } from '../analysis/collections/describe-collection.ts'
import { CollectionReader } from '../analysis/collections/read-collection.ts'
import { holdsText } from '../analysis/collections/tell-collections.ts'
import { ORIGIN, originOfFile } from '../analysis/diff/growing-classes.ts'
import type { BestPaths } from '../analysis/heap/best-paths.ts'
import { tellApart } from '../analysis/heap/fingerprint.ts'
import type { HeapIndex } from '../analysis/heap/heap-index.ts'
import { PREFERENCE } from '../analysis/heap/holder-preference.ts'
import { findRetainingGraph } from '../analysis/heap/retaining-graph.ts'
import { describePath, type NodePath, nodePathTo, shortenPath } from '../analysis/heap/retaining-paths.ts'
import type { Way, WaysFound } from '../analysis/heap/ways.ts'
import type { Finding } from '../model/finding.ts'
import { type HeapGraph, locationOf, NODE, NONE } from '../model/heap-graph.ts'
import { type Report, REPORT_SCHEMA } from '../model/report.ts'
import type { RetainingGraph } from '../model/retaining-graph.ts'
import type { PathStep, RetainingPath, StepStatus } from '../model/retaining-path.ts'
import { type LoadedHeap, loadHeap, type LoadOptions } from './load-heap.ts'
import { mapSources } from './source-maps.ts'
import { heapAsWritten } from './written-names.ts'

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
  const loaded = await loadHeap(plan.file, run, { format: plan.format, cache: plan.cache, javaLayout: plan.javaLayout, memoryBytes: plan.memoryBytes })
  return explainWhyIn(await heapAsWritten(loaded, run), plan, run)
}

/**
 * The same of a heap that is open already: for one question after another. What the first one needs (best paths, classes)
 * is found once and kept; every later one takes milliseconds, but for reading source maps.
 */
export async function explainWhyIn({ graph, index }: LoadedHeap, plan: WhyPlan, run: Run): Promise<Why> {
  const { nodes, paths, ways } = waysTo({ graph, index }, plan)
  const findings = tellApart(ways.shown.map((way) => describeGroup(way, shortenPath(describeWay(graph, nodePathTo(paths, way.node))), index)))
  const entries = ways.reached === 1 ? entriesOf(graph, paths, ways.shown[0]!.node, plan.contents ?? 'redacted') : undefined
  if (entries !== undefined) findings[0]?.reasons.push({ for: true, text: entries.text })
  const report: Report = {
    schema: REPORT_SCHEMA,
    tool: { name: 'stillhere', version: plan.version },
    command: 'why',
    verdict: 'undecided',
    summary:
      ways.reached === 0
        ? `${countText(nodes.length)} found, none reachable: the next collection frees ${nodes.length === 1 ? 'it' : 'them'}.`
        : `${countText(ways.reached)} found, held in ${countText(ways.count)} way${ways.count === 1 ? '' : 's'}.`,
    sources: [graph.source],
    findings,
    notices: [],
    ...(entries === undefined ? {} : { details: { entries: entries.rows } }),
  }
  if (plan.picture === 'not wanted') return { report: await mapSources(report, { run, cwd: plan.cwd }) }
  const status = new Map(findings.flatMap((finding) => finding.paths).flatMap(({ steps }) => steps.map((step) => [step.nodeId, step.status])))
  const statusOf = (node: number): StepStatus | undefined => status.get(graph.nodeId[node]!)
  const drawn = findRetainingGraph(graph, { targets: nodes.filter((node) => paths.edge[node] !== NONE), paths, retainers: index.retainers(), statusOf }, run)
  // Its places are led to the sources together with those of the report.
  const { details, ...mapped } = await mapSources({ ...report, details: { ...report.details, drawn } }, { run, cwd: plan.cwd })
  return { report: mapped, graph: details?.['drawn'] as RetainingGraph }
}

/** What the selector means, and the ways in which that is held: the best and most frequent ones first. */
export function waysTo({ graph, index }: LoadedHeap, { selector, paths: most }: Pick<WhyPlan, 'selector' | 'paths'>): { nodes: Uint32Array; paths: BestPaths; ways: WaysFound } {
  const nodes = selectNodes(graph, index, selector)
  return { nodes, paths: index.bestPaths(), ways: index.ways().of(nodes, most) }
}

/** What a collection holds, and its entries by what they look like; undefined for anything else. */
function entriesOf(graph: HeapGraph, paths: BestPaths, node: number, contents: 'shown' | 'redacted'): { text: string; rows: Record<string, unknown>[] } | undefined {
  const reader = new CollectionReader(graph)
  const collection = reader.read(node)
  if (collection === undefined || collection.entries === 0) return undefined
  const rows = groupEntries(graph, reader, node, contents).slice(0, MOST_ENTRY_ROWS).map(({ sample, ...group }) => (sample === undefined ? group : { ...group, sample }))
  return { text: holdsText({ ...collection, ...lookAt(graph, reader, collection, contents), heldAs: heldAs(graph, paths, node) }), rows }
}

function selectNodes(graph: HeapGraph, index: HeapIndex, selector: string): Uint32Array {
  const quoted = /^(["'`])([\s\S]*)\1$/.exec(selector)
  const matches = selector.startsWith('@') ? byId(graph, selector) : quoted !== null ? byText(graph, quoted[2]!) : byClass(index, selector)
  if (matches.length > 0) return matches
  throw new UsageError({
    argument: 'selector',
    given: selector,
    allowed: 'an object of this snapshot: @id, a class name, or a string in quotes',
    hint: [...(quoted === null && !selector.startsWith('@') ? didYouMean(graph, selector) : []), 'stillhere analyze FILE lists the classes, each with the id of one object.'].join('\n'),
  })
}

const MOST_SUGGESTED = 3

/** Classes called nearly so: in other letters, as a part, or with one letter more, less or other. */
function didYouMean(graph: HeapGraph, selector: string): string[] {
  const asked = selector.toLowerCase()
  const names = new Set<number>()
  for (let node = 1; node < graph.nodeCount; node++) if (graph.nodeKind[node] === NODE.object) names.add(graph.nodeName[node]!)
  const near = [...names].map((number) => graph.strings.get(number)).filter((name) => {
    const word = name.toLowerCase()
    return word.length > 2 && word.length < 200 && (isOneLetterOff(word, asked) || (asked.length > 2 && word.includes(asked)))
  })
  if (near.length === 0) return []
  return [`Did you mean ${near.toSorted((a, b) => Math.abs(a.length - asked.length) - Math.abs(b.length - asked.length)).slice(0, MOST_SUGGESTED).join(', or ')}?`]
}

function isOneLetterOff(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false
  let same = 0
  while (same < a.length && a[same] === b[same]) same++
  const rest = (text: string, length: number): string => text.slice(same + (text.length >= length ? 1 : 0))
  return rest(a, b.length) === rest(b, a.length)
}

function byId(graph: HeapGraph, selector: string): Uint32Array {
  const id = Number(selector.slice(1))
  const node = graph.nodeId.indexOf(id)
  return Number.isInteger(id) && node >= 0 ? Uint32Array.of(node) : new Uint32Array(0)
}

function byText(graph: HeapGraph, text: string): Uint32Array {
  const isText = isNamed(graph, text)
  const found: number[] = []
  for (let node = 1; node < graph.nodeCount; node++) {
    const kind = graph.nodeKind[node]
    if ((kind === NODE.string || kind === NODE['concatenated-string'] || kind === NODE['sliced-string']) && isText(node)) found.push(node)
  }
  return Uint32Array.from(found)
}

/** Instances of a class; where there are none, functions of that name, the class itself, or what the table of classes calls so: `(array)`. */
function byClass(index: HeapIndex, name: string): Uint32Array {
  const { instances, functions, classes, others } = index.nodesByName().of(name)
  return [instances, functions, classes].find((nodes) => nodes.length > 0) ?? others
}

/** Says whether a node has this name, by its number; where no string is written like that, each name is looked at once. */
function isNamed({ strings, nodeName }: HeapGraph, text: string): (node: number) => boolean {
  const number = strings.numbersOf([text]).get(text)
  if (number !== undefined) return (node) => nodeName[node] === number
  // Files may write the same text in escapes. The plainest have none.
  if (/^[\x20-\x7e]*$/.test(text) && !/["\\/]/.test(text)) return () => false
  const known = new Int8Array(strings.count).fill(-1)
  return (node) => {
    const name = nodeName[node]!
    if (known[name]! < 0) known[name] = strings.get(name) === text ? 1 : 0
    return known[name] === 1
  }
}

/** The path of an object that was asked for, with what may be wrong on it. */
export function describeWay(graph: HeapGraph, way: NodePath): RetainingPath {
  return describePath(graph, way, judge(graph, way))
}

/** The asked-for object is taken as leaking; from the first holder that the program wrote on, every reference may be the mistake. */
function judge(graph: HeapGraph, { nodes }: NodePath): (step: number) => { status: 'fine' | 'suspect' | 'leaking'; reason?: string } {
  const written = nodes.findIndex((node) => originOfFile(locationOf(graph, node)?.file ?? '') <= ORIGIN.package)
  return (step) => {
    if (step === nodes.length - 1) return { status: 'leaking', reason: 'asked for' }
    return step <= written || written < 0 ? { status: 'fine' } : { status: 'suspect' }
  }
}

/** The line nearest above the object: of the program's own where there is one. */
function placeOfHolder(steps: readonly PathStep[]): Finding['location'] {
  const placed = steps.flatMap(({ location }) => location ?? [])
  return placed.findLast(({ file }) => !file.startsWith('node:')) ?? placed.at(-1)
}

function describeGroup(group: Way, path: RetainingPath, index: HeapIndex): Finding {
  const className = index.classOf(group.node)
  const worse = WORSE[group.preference]
  return {
    verdict: 'undecided',
    pattern: 'path',
    category: 'other',
    title: `${countText(group.count)} ${className} held this way`,
    reasons: worse === undefined ? [] : [{ for: false, text: worse }],
    subject: { kind: 'nodes', className, count: group.count, exampleId: path.steps.at(-1)?.nodeId },
    paths: [path],
    location: placeOfHolder(path.steps.slice(0, -1)),
    fingerprint: path.fingerprint,
    advice: '',
  }
}
