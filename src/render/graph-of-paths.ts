import type { RetainingGraph, RetainingGraphEdge, RetainingGraphNode } from '../model/retaining-graph.ts'
import type { PathStep, RetainingPath } from '../model/retaining-path.ts'

/**
 * Draws retaining paths into one graph: nodes that several paths share (equal ids) appear once.
 * Suspect are the references between the last node that is fine and the first that is leaking.
 */
export function graphOfPaths(paths: readonly RetainingPath[]): RetainingGraph {
  const nodes: RetainingGraphNode[] = []
  const edges: RetainingGraphEdge[] = []
  const placeOf = new Map<string, number>()
  const place = (key: string, make: () => RetainingGraphNode): number => {
    const known = placeOf.get(key)
    if (known !== undefined) return known
    placeOf.set(key, nodes.length)
    nodes.push(make())
    return nodes.length - 1
  }
  const edgeKeys = new Set<string>()
  for (const [pathNumber, path] of paths.entries()) {
    // Two modules are both called so, and are two.
    const [first] = path.steps
    let from = place(first?.nodeName === path.root && first.nodeId !== 0 ? `node ${first.nodeId}` : `root ${path.root}`, () => ({ role: 'root', kind: 'synthetic', name: path.root, count: 1, status: 'fine' }))
    for (const [position, step] of path.steps.entries()) {
      if (position === 0 && step.nodeName === path.root) {
        nodes[from] = { ...nodeOf(step), role: 'root' } // the path is named after its first node: drawn once
        placeOf.set(`node ${step.nodeId}`, from)
        continue
      }
      // An id of 0 is "not known": such a node is nobody's but this path's.
      const key = step.nodeId === 0 ? `step ${pathNumber} ${position}` : `node ${step.nodeId}`
      const to = place(key, () => nodeOf(step))
      if (position === path.steps.length - 1) nodes[to]!.role = 'target'
      const edgeKey = `${from} ${to} ${step.edgeKind} ${step.edgeName}`
      if (!edgeKeys.has(edgeKey)) {
        edgeKeys.add(edgeKey)
        const suspect = isSuspectReference(path.steps[position - 1], step)
        edges.push({ from, to, kind: step.edgeKind, name: step.edgeName, count: 1, ...(suspect ? { suspect } : {}) })
      }
      from = to
    }
  }
  return { nodes, edges, leftOutCount: 0 }
}

/** The reference leads from something that is not leaking to something that is not fine. */
export function isSuspectReference(before: PathStep | undefined, step: PathStep): boolean {
  return step.status !== 'fine' && before?.status !== 'leaking'
}

function nodeOf(step: PathStep): RetainingGraphNode {
  return {
    kind: step.nodeKind,
    name: step.nodeName,
    count: 1,
    exampleId: step.nodeId,
    status: step.status,
    ...(step.retainedBytes === undefined ? {} : { retainedBytes: step.retainedBytes }),
    ...(step.location === undefined ? {} : { location: step.location }),
    ...(step.note === undefined ? {} : { note: step.note }),
  }
}
