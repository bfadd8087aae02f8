import { Bitset } from '../../base/bitset.ts'
import { type HeapGraph, NODE, NONE, ROOT } from '../../model/heap-graph.ts'
import { addNotice, type Source } from '../../model/source.ts'
import { spreadDetachedness } from './detachedness.ts'
import { ephemeronNames, findStrongEdges } from './edge-strength.ts'
import type { Parts } from './parts.ts'
import type { SnapshotStrings } from './snapshot-strings.ts'
import { allocationsOf } from './trace-tree.ts'

const CONTEXT = /^system \/ Context(?: \/ .*)?$/s

/**
 * Makes the graph of what the sections held: everything that needs names, which come last in the file, or the whole
 * graph. Cost: a few passes over nodes, one over edges.
 */
export function finishGraph(parts: Parts, strings: SnapshotStrings, source: Source, edgeIsStrong: Bitset): HeapGraph {
  const { header, nodes, edges } = parts
  const names = strings.numbersOf(['(Document DOM trees)'])
  const nodeCount = nodes.count
  const nodeKind = nodes.kind.subarray(0, nodeCount)
  const nodeName = nodes.name.subarray(0, nodeCount)
  // `system / Context`, and in new Chromium `system / Context / scope @44729`; not `system / ContextCell` and the like.
  const isContext = new Bitset(strings.count)
  for (const name of strings.startingWith('system / Context')) if (CONTEXT.test(strings.get(name))) isContext.add(name)
  markContexts(nodeKind, nodeName, isContext)
  const columns = {
    nodeCount,
    nodeKind,
    nodeName,
    nodeId: nodes.id.subarray(0, nodeCount),
    shallowBytes: nodes.bytes.subarray(0, nodeCount),
    edgeCount: edges.count,
    firstEdge: nodes.firstEdge.subarray(0, nodeCount + 1),
    edgeTarget: edges.target.subarray(0, edges.count),
    edgeKind: edges.kind.subarray(0, edges.count),
    edgeName: edges.name.subarray(0, edges.count),
  }
  const ephemerons = findStrongEdges(columns, ephemeronNames(parts.strings.maybeEphemerons, strings), names.get('(Document DOM trees)') ?? NONE, edgeIsStrong)
  const detachedness = nodes.hasDetachedness ? nodes.detachedness!.subarray(0, nodeCount) : undefined
  if (detachedness !== undefined) spreadDetachedness(columns, detachedness)
  const allocated = parts.traceTree === undefined || parts.traceFunctions === undefined || nodes.traceNodeId === undefined || !parts.traceTree.isDone
    ? undefined
    : allocationsOf(parts.traceTree, parts.traceFunctions, { count: nodeCount, bytes: columns.shallowBytes, traceNodeId: nodes.traceNodeId }, source, strings)
  // V8's own ids grow by two and never repeat; Bun numbers the nodes of each snapshot 1, 2, 3, …
  if (nodeCount > 2 && columns.nodeId[1]! - columns.nodeId[0]! === 1 && columns.nodeId[2]! - columns.nodeId[1]! === 1) {
    source.idsAreStable = false
    source.runtime = 'Bun'
  }
  if (nodes.count > 0 && nodeKind[ROOT] !== NODE.synthetic) {
    addNotice(source, { code: 'odd-root', message: 'The first node, which should be the root, is not a synthetic one.' })
  }
  return {
    ...columns,
    source,
    strings,
    edgeIsStrong,
    detachedness,
    locations: parts.locations?.finish(columns, strings),
    allocationSite: allocated?.siteOfNode,
    allocations: allocated?.profile,
    samples: parts.samples?.columns(),
    ephemerons,
    internalsBelongToOwner: hasUserRoots(columns, names.get('(Document DOM trees)') ?? NONE) ? true : undefined,
    orphansAreAlive: true, // V8 writes only what is left after a collection
    extraNativeBytes: header.extraNativeBytes,
  }
}

function markContexts(nodeKind: Uint8Array, nodeName: Uint32Array, isContext: Bitset): void {
  for (let node = 0; node < nodeKind.length; node++) {
    if ((nodeKind[node] === NODE.object || nodeKind[node] === NODE.hidden) && isContext.has(nodeName[node]!)) nodeKind[node] = NODE.context
  }
}

/** Without objects right below the root the snapshot was taken with internals exposed, and is shown as it is. */
function hasUserRoots({ nodeKind, nodeName, firstEdge, edgeTarget }: Pick<HeapGraph, 'nodeKind' | 'nodeName' | 'firstEdge' | 'edgeTarget'>, domTreesName: number): boolean {
  for (let edge = firstEdge[ROOT]!; edge < firstEdge[ROOT + 1]!; edge++) {
    const target = edgeTarget[edge]!
    if (nodeKind[target] !== NODE.synthetic || nodeName[target] === domTreesName) return true
  }
  return false
}
