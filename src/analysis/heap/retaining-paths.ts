import { EDGE, edgeKindOf, edgeNameOf, type HeapGraph, locationOf, NODE, nodeKindOf, ROOT, type SourceLocation } from '../../model/heap-graph.ts'
import type { PathStep, RetainingPath, StepStatus } from '../../model/retaining-path.ts'
import type { BestPaths } from './best-paths.ts'
import { fingerprintOf } from './fingerprint.ts'
import { nodeLabel } from './node-label.ts'
import { withKnownBeginning } from './path-beginnings.ts'

/** A path by number: `nodes[i]` is reached by `edges[i]`; the root itself is left out. */
export interface NodePath {
  readonly nodes: readonly number[]
  readonly edges: readonly number[]
}

export interface Judged {
  status: StepStatus
  reason?: string | undefined
  note?: string | undefined
}

/** Names of dictionary keys are data: from this many properties on they are not shown. */
const DICTIONARY_PROPERTIES = 64

/** The best path to `node`, from the root's first reference down. Empty for the root and for unreachable nodes. */
export function nodePathTo(paths: BestPaths, node: number): NodePath {
  const nodes: number[] = []
  const edges: number[] = []
  for (let at = node; at !== ROOT && paths.order.length > 0; at = paths.holder[at]!) {
    const edge = paths.edge[at]!
    if (edge === 0xffffffff) return { nodes: [], edges: [] }
    nodes.push(at)
    edges.push(edge)
  }
  return { nodes: nodes.reverse(), edges: edges.reverse() }
}

/**
 * A path as people read it: names, kinds, source lines, and for each step what `judge` says of it.
 * Strings appear by kind, keys of dictionaries as `[key]`: a path holds no contents.
 */
export function describePath(graph: HeapGraph, path: NodePath, judge: (step: number) => Judged): RetainingPath {
  const steps: PathStep[] = []
  for (const [i, node] of path.nodes.entries()) {
    const edge = path.edges[i]!
    const holder = i === 0 ? ROOT : path.nodes[i - 1]!
    const { status, reason, note } = judge(i)
    steps.push({
      edgeKind: edgeKindOf(graph, edge),
      edgeName: edgeLabel(graph, holder, edge),
      nodeKind: nodeKindOf(graph, node),
      nodeName: nodeLabel(graph, node),
      nodeId: graph.nodeId[node]!,
      status,
      reason,
      note,
      location: stepLocation(graph, path, i),
    })
  }
  return { root: steps[0]?.nodeName ?? '', steps, fingerprint: fingerprintOf(steps) }
}

/** Runs of more than this many equal steps are shown as their first and their last. */
const LONGEST_RUN = 3

/**
 * The path with long runs cut: of a list's hundreds of equal links the first and the last stay, and the first says how
 * many were left out. Pieces of up to four steps that repeat count as runs.
 */
export function shortenPath(whole: RetainingPath): RetainingPath {
  const path = withKnownBeginning(whole)
  const words = path.steps.map((step) => `${step.status} ${step.edgeKind} ${/\d/.test(step.edgeName) ? '[x]' : step.edgeName} ${step.nodeKind} ${step.nodeName}`)
  const steps: PathStep[] = []
  for (let i = 0; i < words.length; ) {
    const { period, turns } = runAt(words, i)
    if (turns <= LONGEST_RUN) {
      steps.push(path.steps[i]!)
      i++
      continue
    }
    const leftOut = turns - 2
    for (let k = 0; k < period; k++) {
      const step = path.steps[i + k]!
      steps.push(k === period - 1 ? { ...step, note: `${step.note === undefined ? '' : `${step.note}; `}${leftOut} more of the same follow, left out here` } : step)
    }
    for (let k = 0; k < period; k++) steps.push(path.steps[i + (turns - 1) * period + k]!)
    i += turns * period
  }
  return { ...path, steps }
}

function runAt(words: readonly string[], from: number): { period: number; turns: number } {
  let best = { period: 1, turns: 1 }
  for (let period = 1; period <= 4; period++) {
    let to = from + period
    while (to < words.length && words[to] === words[to - period]) to++
    const turns = Math.floor((to - from) / period)
    if (turns > LONGEST_RUN && turns * period > best.turns * best.period) best = { period, turns }
  }
  return best
}

export function isContext(graph: HeapGraph, node: number): boolean {
  if (graph.nodeKind[node] === NODE.context) return true
  const kind = graph.nodeKind[node]
  return (kind === NODE.object || kind === NODE.hidden) && graph.strings.get(graph.nodeName[node]!).startsWith('system / Context')
}

/** Closures and classes have a place of their own; captured variables have that of the function that led to them. */
function stepLocation(graph: HeapGraph, path: NodePath, step: number): SourceLocation | undefined {
  const node = path.nodes[step]!
  const own = locationOf(graph, node)
  if (own !== undefined) {
    return graph.nodeKind[node] === NODE.closure ? { ...own, functionName: graph.strings.get(graph.nodeName[node]!) } : own
  }
  if (!isContext(graph, node)) return undefined
  const holder = path.nodes[step - 1]
  return holder !== undefined && graph.nodeKind[holder] === NODE.closure ? locationOf(graph, holder) : undefined
}

function edgeLabel(graph: HeapGraph, holder: number, edge: number): string {
  const name = edgeNameOf(graph, edge)
  if (graph.edgeKind[edge] === EDGE.property && (/\d/.test(name) || name.length > 40) && isDictionary(graph, holder)) return name.startsWith('<symbol ') ? '[symbol key]' : '[key]'
  return name.length > 120 ? `${name.slice(0, 119)}…` : name
}

function isDictionary(graph: HeapGraph, node: number): boolean {
  let properties = 0
  const end = graph.firstEdge[node + 1]!
  for (let edge = graph.firstEdge[node]!; edge < end && properties <= DICTIONARY_PROPERTIES; edge++) {
    if (graph.edgeKind[edge] === EDGE.property) properties++
  }
  return properties > DICTIONARY_PROPERTIES
}
