import type { Run } from '../../base/run.ts'
import { edgeKindOf, edgeNameOf, type HeapGraph, locationOf, nodeKindOf, ROOT } from '../../model/heap-graph.ts'
import type { RetainingGraph, RetainingGraphEdge, RetainingGraphNode } from '../../model/retaining-graph.ts'
import type { StepStatus } from '../../model/retaining-path.ts'
import type { BestPaths } from './best-paths.ts'
import { PREFERENCE } from './holder-preference.ts'
import { nodeLabel } from './node-label.ts'
import { nodePathTo } from './retaining-paths.ts'
import type { Retainers } from './retainers.ts'

export interface Surroundings {
  /** What is asked for. */
  readonly targets: Uint32Array | readonly number[]
  readonly paths: BestPaths
  readonly retainers: Retainers
  /** What is known of nodes on the way; undefined where nothing is. */
  statusOf(node: number): StepStatus | undefined
}

/** Targets that are walked; more of them look alike and are counted. */
const MOST_TARGETS = 5000
/** Nodes gathered before the picture is made small. */
const MOST_NODES = 20_000
/** Other holders of one node that are looked at. */
const MOST_HOLDERS = 12
/** How far from a target other holders are looked for; beyond, the best path alone goes on. */
const FAR = 3

/**
 * All that holds some nodes, as far as it can be drawn: the best path to each target, the other holders of what is
 * near it, and the best path to each of those. Only holders of the program itself (`PREFERENCE`); every reference
 * between nodes that were gathered is in it, so what holds each other in a circle shows.
 * Cost: O(nodes gathered + their references); at most 20 000 nodes, before `simplifyGraph` makes it smaller.
 * @throws Cancelled
 */
export function findRetainingGraph(graph: HeapGraph, { targets, paths, retainers, statusOf }: Surroundings, run: Run): RetainingGraph {
  const place = new Map<number, number>()
  const roots = new Set<number>()
  const gather = (node: number): boolean => {
    const { nodes } = nodePathTo(paths, node)
    if (nodes.length === 0 || place.size + nodes.length > MOST_NODES) return false
    for (const each of nodes) if (!place.has(each)) place.set(each, place.size)
    roots.add(nodes[0]!)
    return true
  }
  const walked = Array.from(targets.slice(0, MOST_TARGETS)).filter(gather)
  let near = walked
  for (let distance = 0; distance < FAR && near.length > 0; distance++) {
    run.checkpoint()
    const next: number[] = []
    for (const node of near) for (const holder of programHolders(node, paths, retainers)) if (!place.has(holder) && gather(holder)) next.push(holder)
    near = next
  }
  const asked = new Set(walked)
  const nodes = [...place.keys()].map((node): RetainingGraphNode => {
    const role = asked.has(node) ? 'target' : roots.has(node) ? 'root' : undefined
    const location = locationOf(graph, node)
    const status = role === 'target' ? 'leaking' : statusOf(node)
    return {
      kind: nodeKindOf(graph, node),
      name: nodeLabel(graph, node),
      count: 1,
      exampleId: graph.nodeId[node]!,
      ...(role === undefined ? {} : { role }),
      ...(role === 'target' ? { shallowBytes: graph.shallowBytes[node]! } : {}),
      ...(status === undefined ? {} : { status }),
      ...(location === undefined ? {} : { location }),
    }
  })
  const edges: RetainingGraphEdge[] = []
  for (const [node, from] of place) {
    run.checkpoint()
    for (let edge = graph.firstEdge[node]!, end = graph.firstEdge[node + 1]!; edge < end; edge++) {
      const to = place.get(graph.edgeTarget[edge]!)
      if (to === undefined || !graph.edgeIsStrong.has(edge)) continue
      // Only the best path is judged; another holder may be one that belongs there.
      const suspect = paths.edge[graph.edgeTarget[edge]!] === edge && nodes[from]!.status !== 'leaking' && (nodes[to]!.status ?? 'fine') !== 'fine'
      edges.push({ from, to, kind: edgeKindOf(graph, edge), name: edgeNameOf(graph, edge), count: 1, ...(suspect ? { suspect } : {}) })
    }
  }
  return { nodes, edges, leftOutCount: targets.length - walked.length }
}

function programHolders(node: number, paths: BestPaths, { firstRetainer, retainer }: Retainers): number[] {
  const holders = new Set<number>()
  for (let at = firstRetainer[node]!, end = firstRetainer[node + 1]!; at < end && holders.size < MOST_HOLDERS; at++) {
    const holder = retainer[at]!
    if (holder !== ROOT && paths.preference[holder] === PREFERENCE.program) holders.add(holder)
  }
  return [...holders]
}
