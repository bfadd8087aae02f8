import type { RetainingGraph, RetainingGraphEdge, RetainingGraphNode } from '../model/retaining-graph.ts'

/** More nodes than this cannot be read, and laying them out takes minutes. */
export const DRAWN_NODES = 200

/** Beyond this many references per node layout takes 25 s instead of 2 (200 nodes, measured), and lines hide lines. */
const EDGES_PER_NODE = 2

/**
 * The graph as it should be drawn.
 * Method: (1) siblings of one class are merged, with counts, until nothing changes: two or more with the same
 *   holders, or three or more that hold the same things; (2) what is farthest from targets and roots is left out, and
 *   counted, until at most `limit` nodes remain; (3) references that lead back to a node on the way are marked.
 * Cost: O(passes · (nodes + edges)), at most 16 passes.
 * The graph given is not changed.
 */
export function simplifyGraph(graph: RetainingGraph, limit: number = DRAWN_NODES): RetainingGraph {
  let simple = mergeParallelEdges(graph)
  for (let pass = 0; pass < 16; pass++) {
    const before = simple.nodes.length
    simple = mergeSiblings(simple, 'holders')
    simple = mergeSiblings(simple, 'held')
    if (simple.nodes.length === before) break
  }
  simple = keepNearest(simple, Math.max(1, limit))
  return { ...simple, edges: markCycles(simple) }
}

/** The references of a node that say with whom it is a sibling. */
type By = 'holders' | 'held'

function mergeSiblings(graph: RetainingGraph, by: By): RetainingGraph {
  const links: string[][] = graph.nodes.map(() => [])
  for (const { from, to, kind, suspect } of graph.edges) {
    if (by === 'holders') links[to]!.push(`${from} ${kind} ${suspect === true}`)
    else links[from]!.push(`${to} ${kind} ${suspect === true}`)
  }
  const groups = new Map<string, number[]>()
  for (const [position, node] of graph.nodes.entries()) {
    if (links[position]!.length === 0) continue
    const key = JSON.stringify([node.name, node.kind, node.role, node.status, [...new Set(links[position])].sort()])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [position])
    else group.push(position)
  }
  const leader = graph.nodes.map((_, position) => position)
  for (const group of groups.values()) {
    if (group.length < (by === 'holders' ? 2 : 3)) continue
    for (const position of group) leader[position] = group[0]!
  }
  return foldInto(graph, leader)
}

/** Folds every node into its leader (which leads itself), adding up counts and sizes. */
function foldInto(graph: RetainingGraph, leader: readonly number[]): RetainingGraph {
  const place = new Map<number, number>()
  const nodes: RetainingGraphNode[] = []
  for (const [position, node] of graph.nodes.entries()) {
    const known = place.get(leader[position]!)
    if (known === undefined) {
      place.set(position, nodes.length)
      nodes.push({ ...node })
      continue
    }
    const into = nodes[known]!
    into.count += node.count
    into.shallowBytes = sum(into.shallowBytes, node.shallowBytes)
    into.retainedBytes = sum(into.retainedBytes, node.retainedBytes)
    into.location ??= node.location
  }
  const at = (position: number): number => place.get(leader[position]!)!
  return mergeParallelEdges({ ...graph, nodes, edges: graph.edges.map((edge) => ({ ...edge, from: at(edge.from), to: at(edge.to) })) })
}

/** References of one kind between the same two nodes become one, named after both if there are two, else by an ellipsis. */
function mergeParallelEdges(graph: RetainingGraph): RetainingGraph {
  const merged = new Map<string, RetainingGraphEdge>()
  for (const edge of graph.edges) {
    const key = `${edge.from} ${edge.to} ${edge.kind}`
    const known = merged.get(key)
    if (known === undefined) {
      merged.set(key, { ...edge })
      continue
    }
    known.count += edge.count
    known.name = nameOfBoth(known.name, edge)
    if (edge.suspect === true) known.suspect = true
  }
  return { ...graph, edges: [...merged.values()] }
}

function nameOfBoth(known: string, { kind, name }: RetainingGraphEdge): string {
  if (known === name || known.split(', ').includes(name)) return known
  const isPosition = kind === 'element' || kind === 'hidden' || /^\d+$/.test(name)
  return isPosition || name === '…' || known === '…' || known.includes(', ') ? '…' : `${known}, ${name}`
}

function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b
}

/** Keeps targets, roots and what is on suspect references, then what is nearest to the targets. */
function keepNearest(graph: RetainingGraph, limit: number): RetainingGraph {
  const holders: number[][] = graph.nodes.map(() => [])
  for (const { from, to } of graph.edges) holders[to]!.push(from)
  const order: number[] = []
  const seen = new Set<number>()
  const visit = (position: number): void => {
    if (seen.has(position)) return
    seen.add(position)
    order.push(position)
  }
  for (const [position, { role }] of graph.nodes.entries()) if (role === 'target') visit(position)
  for (const { from, to, suspect } of graph.edges) {
    if (suspect !== true) continue
    visit(to)
    visit(from)
  }
  for (let next = 0; next < order.length; next++) for (const holder of holders[order[next]!]!) visit(holder)
  for (const position of graph.nodes.keys()) visit(position)
  const kept = order.slice(0, limit).sort((a, b) => a - b)
  const place = new Map(kept.map((position, index) => [position, index]))
  const edges = graph.edges
    .filter(({ from, to }) => place.has(from) && place.has(to))
    .map((edge) => ({ ...edge, from: place.get(edge.from)!, to: place.get(edge.to)! }))
  const drawn = mostTelling(edges, Math.max(kept.length, 50) * EDGES_PER_NODE)
  const leftOutEdges = edges.filter((edge) => !drawn.has(edge)).reduce((total, { count }) => total + count, 0) + (graph.leftOutEdgeCount ?? 0)
  const leftOut = order.slice(limit).reduce((total, position) => total + graph.nodes[position]!.count, 0)
  return {
    nodes: kept.map((position) => graph.nodes[position]!),
    edges: edges.filter((edge) => drawn.has(edge)),
    leftOutCount: graph.leftOutCount + leftOut,
    ...(leftOutEdges === 0 ? {} : { leftOutEdgeCount: leftOutEdges }),
  }
}

/** Suspect references, then one for each node that is held, then the others in their order. */
function mostTelling(edges: readonly RetainingGraphEdge[], limit: number): ReadonlySet<RetainingGraphEdge> {
  const held = new Set<number>()
  const firsts = edges.filter(({ to }) => !held.has(to) && held.add(to))
  return new Set([...new Set([...edges.filter(({ suspect }) => suspect === true), ...firsts, ...edges])].slice(0, limit))
}

/** Depth first from the roots (then from wherever is left); a reference to a node on the present way closes a cycle. */
function markCycles(graph: RetainingGraph): RetainingGraphEdge[] {
  const edges = graph.edges.map((edge) => ({ ...edge }))
  const leaving: number[][] = graph.nodes.map(() => [])
  const entered = graph.nodes.map(() => 0)
  for (const [index, { from, to }] of edges.entries()) {
    leaving[from]!.push(index)
    entered[to]!++
  }
  const starts = [...graph.nodes.keys()].sort((a, b) => rank(graph, entered, a) - rank(graph, entered, b) || a - b)
  const state = new Uint8Array(graph.nodes.length) // 0 not met, 1 on the way, 2 done
  for (const start of starts) {
    if (state[start] !== 0) continue
    const way: { node: number; next: number }[] = [{ node: start, next: 0 }]
    state[start] = 1
    while (way.length > 0) {
      const here = way.at(-1)!
      const index = leaving[here.node]![here.next++]
      if (index === undefined) {
        state[here.node] = 2
        way.pop()
        continue
      }
      const { to } = edges[index]!
      if (state[to] === 1) edges[index]!.closesCycle = true
      else if (state[to] === 0) {
        state[to] = 1
        way.push({ node: to, next: 0 })
      }
    }
  }
  return edges
}

function rank(graph: RetainingGraph, entered: readonly number[], position: number): number {
  if (graph.nodes[position]!.role === 'root') return 0
  return entered[position] === 0 ? 1 : 2
}
