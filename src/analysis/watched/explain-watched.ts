import { Bitset } from '../../base/bitset.ts'
import type { Run } from '../../base/run.ts'
import type { DominatorTree } from '../../model/dominator-tree.ts'
import type { Finding, Reason } from '../../model/finding.ts'
import { type HeapGraph, edgeNameOf, EDGE, locationOf, NODE, NONE, nodeNameOf, ROOT } from '../../model/heap-graph.ts'
import type { RetainingPath } from '../../model/retaining-path.ts'
import { type BestPaths, findBestPaths } from '../heap/best-paths.ts'
import { nodeLabel } from '../heap/node-label.ts'
import { describePath, nodePathTo } from '../heap/retaining-paths.ts'
import type { Judged, NodePath } from '../heap/retaining-paths.ts'
import type { WatchedRecord } from './find-watched.ts'
import { CLOSURE_CAUSE, RUNNING_FRAME, RUNNER_CAUSES, HOLDER_CAUSES, OVERRULING_CAUSES, PROPERTY_CAUSE } from './holder-causes.ts'
import type { HolderCause } from './holder-causes.ts'
import { readablePath } from './readable-path.ts'

/** One cause, with every watch it keeps here. */
export interface ExplainedWatches {
  records: WatchedRecord[]
  finding: Finding
}

export interface WatchedExplanation {
  causes: ExplainedWatches[]
  /** Their objects were collected before or by the snapshot. */
  gone: WatchedRecord[]
  /** Alive, but nothing the snapshot shows holds them. */
  unheld: WatchedRecord[]
}

/**
 * Who keeps the watched objects here: one finding for each way they are held.
 *
 * Method: the best path to each object that leads through no other watched one; what has none is counted with the
 *   object that holds it (culprits, not victims; LeakCanary and Dart's leak_tracker do the same). Paths of one shape are one cause; where they part is what holds
 *   many of them: everything above belongs there, the references below it are suspect (LeakCanary's rule, with several
 *   objects in the place of hand-written inspectors).
 * Cost: two searches of the graph; the dominators are the caller's.
 */
export function explainWatched(graph: HeapGraph, records: readonly WatchedRecord[], given: { dominators: DominatorTree; run: Run }): WatchedExplanation {
  const { dominators, run } = given
  const gone: WatchedRecord[] = []
  const unheld: WatchedRecord[] = []
  const byNode = new Map<number, WatchedRecord[]>()
  for (const record of records) {
    const nodes = record.content === undefined ? (record.node === NONE ? [] : [record.node]) : record.contentNodes
    if (nodes.length === 0) gone.push(record)
    for (const node of nodes) byNode.set(node, [...(byNode.get(node) ?? []), record])
  }
  const ours = folderOfRecords(graph, records)
  const direct = findBestPaths(withoutReferencesOf(graph, [...byNode.keys()]), run)
  let anyPaths: BestPaths | undefined
  const groups = new Map<string, Held[]>()
  const victims = new Map<number, WatchedRecord[]>()
  for (const [node, watches] of byNode) {
    run.checkpoint()
    const path = nodePathTo(direct, node)
    if (path.nodes.length === 0) {
      anyPaths ??= findBestPaths(graph, run)
      const culprit = nodePathTo(anyPaths, node).nodes.find((step) => step !== node && byNode.has(step))
      if (culprit === undefined) unheld.push(...watches)
      else victims.set(culprit, [...(victims.get(culprit) ?? []), ...watches])
      continue
    }
    const held = { node, watches, ...fromOurWait(graph, path, ours) }
    const shape = shapeOf(graph, held.path)
    groups.set(shape, [...(groups.get(shape) ?? []), held])
  }
  const causes = [...groups.values()].map((held) => explainGroup(graph, held, { victims, dominators }))
  return { causes: causes.sort((a, b) => rank(a) - rank(b) || (b.finding.retainedBytes ?? 0) - (a.finding.retainedBytes ?? 0)), gone, unheld }
}

/** The same graph, in which nothing is held through these nodes. */
function withoutReferencesOf(graph: HeapGraph, nodes: readonly number[]): HeapGraph {
  const edgeIsStrong = new Bitset(graph.edgeCount)
  edgeIsStrong.words.set(graph.edgeIsStrong.words)
  for (const node of nodes) for (let edge = graph.firstEdge[node]!, end = graph.firstEdge[node + 1]!; edge < end; edge++) edgeIsStrong.remove(edge)
  return { ...graph, edgeIsStrong }
}

interface Held {
  node: number
  path: NodePath
  /** The path begins where the program waits for the very check that asks. */
  isWaiting: boolean
  watches: WatchedRecord[]
}

function explainGroup(graph: HeapGraph, held: readonly Held[], { victims, dominators }: { victims: ReadonlyMap<number, WatchedRecord[]>; dominators: DominatorTree }): ExplainedWatches {
  const first = held.reduce((shortest, each) => (each.path.nodes.length < shortest.path.nodes.length ? each : shortest))
  const own = held.flatMap((each) => each.watches)
  const alsoKept = held.flatMap((each) => victims.get(each.node) ?? [])
  const holderAt = held.length > 1 ? lastCommonStep(held) : lastStepThatBelongs(graph, first.path)
  const path = describe(graph, first, holderAt, held.length)
  const cause = first.isWaiting && path.steps.slice(-2).some((step) => step.edgeName.startsWith('parameters_and_registers')) ? RUNNING_FRAME : causeOf(path, held.length > 1 ? holderAt : undefined)
  const what = labelsText(own)
  const reasons: Reason[] = [{ for: cause.kind !== 'not-ours', text: `${what} should have gone away${ageText(own)}, and ${own.length === 1 ? 'is' : 'are'} still here` }]
  if (held.length > 1) reasons.push({ for: true, text: `${held.length} watched objects are held in the same way${holderText(path, holderAt)}` })
  if (alsoKept.length > 0) reasons.push({ for: true, text: `through it ${alsoKept.length} more watched ${alsoKept.length === 1 ? 'object is' : 'objects are'} kept: ${labelsText(alsoKept)}` })
  if (cause.kind === 'frame') reasons.push({ for: false, text: 'only a function that has not returned holds it: it may go when that returns' })
  const located = path.steps.slice(Math.max(0, holderAt - 1), -1).findLast((step) => step.location !== undefined && !step.location.file.startsWith('node:'))?.location
  return {
    records: [...own, ...alsoKept],
    finding: {
      verdict: cause.kind === 'leak' ? 'leak' : cause.kind === 'frame' ? 'undecided' : 'healthy',
      pattern: cause.pattern,
      category: cause.category,
      title: `${what} ${own.length === 1 ? 'is' : 'are'} held by ${cause.heldBy}`,
      reasons,
      subject: { kind: 'nodes', className: nodeLabel(graph, first.node), count: held.length, exampleId: graph.nodeId[first.node]! },
      retainedBytes: held.reduce((sum, each) => sum + dominators.retainedBytes[each.node]!, 0),
      paths: [readablePath(path, first.isWaiting)],
      location: located,
      fingerprint: path.fingerprint,
      advice: cause.advice,
      ...(cause.example === undefined ? {} : { example: cause.example }),
    },
  }
}

/** Where the class of the records was loaded from; undefined when it was bundled with the program. */
function folderOfRecords(graph: HeapGraph, records: readonly WatchedRecord[]): string | undefined {
  for (const { record } of records) {
    const file = locationOf(graph, record)?.file
    if (file !== undefined) return /^(.*\/)watch-record\.[jt]s$/.exec(file)?.[1]
  }
  return undefined
}

/**
 * While a check waits for its answer, it holds the function that waits for it, and with that the test's variables: a way
 * that leads through us is told from where we end.
 */
function fromOurWait(graph: HeapGraph, path: NodePath, ours: string | undefined): { path: NodePath; isWaiting: boolean } {
  const last = ours === undefined ? -1 : path.nodes.findLastIndex((node, step) => step < path.nodes.length - 1 && locationOf(graph, node)?.file.startsWith(ours) === true)
  return last < 0 ? { path, isWaiting: false } : { path: { nodes: path.nodes.slice(last), edges: path.edges.slice(last) }, isWaiting: true }
}

/** The holder as people know it: a Map, not the table inside it. */
function holderText({ steps }: RetainingPath, holderAt: number): string {
  const known = steps.slice(0, holderAt + 1).findLast((step) => step.nodeKind !== 'array' && step.nodeKind !== 'hidden' && step.nodeKind !== 'synthetic')
  return known === undefined ? '' : `, by the same ${known.nodeName}`
}

function describe(graph: HeapGraph, { path, watches, isWaiting }: Held, holderAt: number, heldCount: number): RetainingPath {
  const last = path.nodes.length - 1
  return describePath(graph, path, (step): Judged => {
    if (step === last) return { status: 'leaking', reason: `watched as ${labelsText(watches)}` }
    if (isWaiting && step === 0) return { status: 'fine' }
    if (step < holderAt) return { status: 'fine' }
    if (step === holderAt) return { status: 'fine', ...(heldCount > 1 ? { reason: `holds ${heldCount} watched objects` } : {}) }
    return { status: 'suspect' }
  })
}

/** The last node that is on all paths. */
function lastCommonStep(held: readonly Held[]): number {
  const [first, ...others] = held
  let common = 0
  while (common < first!.path.nodes.length - 1 && others.every(({ path }) => path.nodes[common] === first!.path.nodes[common])) common++
  return common - 1
}

/** With one object only: roots, globals, and the scope and the exports of modules live as long as the program. */
function lastStepThatBelongs(graph: HeapGraph, path: NodePath): number {
  let last = -1
  let isModule = false
  for (let step = 0; step < path.nodes.length - 1; step++) {
    const node = path.nodes[step]!
    const name = nodeNameOf(graph, node)
    const edge = edgeNameOf(graph, path.edges[step]!)
    const isRoot = graph.nodeKind[node] === NODE.synthetic || /^(system \/ NativeContext|global|Window|process|Module|system \/ (Script|Module|Source)\w*|\(.*\))/.test(name) || /^global(_object|_proxy_object| \/)?/.test(name)
    const isScope = /^script_context_table$|^exports$|^environment$|^module$/.test(edge)
    // What a module's own frame holds are its variables, also while it waits at its top level.
    isModule = /^(ModuleWrap|system \/ SourceTextModule)$/.test(name) || (isModule && (graph.nodeKind[node] !== NODE.object || /^(Generator|AsyncFunctionObject)$/.test(name) || name.startsWith('system / ')))
    if (isRoot || isScope || isModule) last = step
  }
  return last
}

/** The cause nearest to where the paths part, or with one path nearest to the object. */
function causeOf(path: RetainingPath, partAt: number | undefined): HolderCause {
  const { steps } = path
  const overruling = OVERRULING_CAUSES.find((cause) => steps.some((step, position) => cause.matches(step, steps, position)))
  if (overruling !== undefined) return overruling
  const positions = [...steps.keys()].reverse()
  const ordered = partAt === undefined ? positions : [...positions.filter((position) => position >= partAt).reverse(), ...positions.filter((position) => position < partAt)]
  for (const position of ordered) {
    // The object itself says nothing about its holder, unless by the reference that leads to it.
    const step = position === steps.length - 1 ? { ...steps[position]!, nodeName: '' } : steps[position]!
    const cause = HOLDER_CAUSES.find((each) => each.matches(step, steps, position))
    if (cause !== undefined) return cause
  }
  const runner = RUNNER_CAUSES.find((cause) => steps.some((step, position) => cause.matches(step, steps, position)))
  if (runner !== undefined) return runner
  return steps.some((step, position) => CLOSURE_CAUSE.matches(step, steps, position)) ? CLOSURE_CAUSE : PROPERTY_CAUSE
}

/** Equal for paths that differ in keys and positions only. */
function shapeOf(graph: HeapGraph, path: NodePath): string {
  const words: string[] = []
  for (const [step, node] of path.nodes.entries()) {
    const edge = path.edges[step]!
    const kind = graph.edgeKind[edge]!
    const name = kind === EDGE.element || kind === EDGE.hidden ? '[x]' : edgeNameOf(graph, edge).replace(/\d+/g, '#').replace(/^_idle(Next|Prev)$/, '_idle')
    const word = `${name} ${graph.nodeKind[node]} ${step === 0 || node === ROOT ? '' : nodeNameOf(graph, node).replace(/\d+/g, '#')}`
    if (words.at(-1) !== word) words.push(word)
  }
  return words.join('\n')
}

function rank({ finding }: ExplainedWatches): number {
  return ['leak', 'suspect', 'undecided', 'healthy'].indexOf(finding.verdict)
}

function labelsText(records: readonly WatchedRecord[]): string {
  const counts = new Map<string, number>()
  for (const { label } of records) counts.set(label, (counts.get(label) ?? 0) + 1)
  const parts = [...counts].slice(0, 5).map(([label, count]) => (count === 1 ? `"${label}"` : `${count} × "${label}"`))
  return parts.join(', ') + (counts.size > 5 ? ` and ${counts.size - 5} more labels` : '')
}

function ageText(records: readonly WatchedRecord[]): string {
  const ages = records.map((record) => record.ageMs).filter((age) => age !== undefined)
  if (ages.length === 0) return ''
  const oldest = Math.max(...ages)
  return oldest < 1000 ? '' : ` (watched for ${oldest < 120_000 ? `${Math.round(oldest / 1000)} s` : `${Math.round(oldest / 60_000)} min`})`
}
