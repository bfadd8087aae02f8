import { EDGE, EDGE_KINDS, type HeapGraph, NODE_KINDS, ROOT } from './heap-graph.ts'

/**
 * Checks every promise of `HeapGraph` that a wrong reader could break: lengths agree, edges are grouped and point
 * at nodes, kinds and strings exist, weak edges are not strong, sizes are not negative.
 * Cost: one pass over nodes and edges. Readers of untrusted files must refuse bad input with a `ReadError` before;
 * what fails here is a bug of ours.
 * @throws Error naming the column and the place
 */
export function checkHeapGraph(graph: HeapGraph): void {
  const { nodeCount, edgeCount, firstEdge, edgeTarget, edgeKind, edgeName, edgeIsStrong, nodeKind, nodeName } = graph
  const stringCount = graph.strings.count
  expectThat(nodeCount > ROOT, 'a graph has at least its root')
  for (const [name, length, wanted] of [
    ['nodeKind', nodeKind.length, nodeCount],
    ['nodeName', nodeName.length, nodeCount],
    ['nodeId', graph.nodeId.length, nodeCount],
    ['shallowBytes', graph.shallowBytes.length, nodeCount],
    ['firstEdge', firstEdge.length, nodeCount + 1],
    ['edgeTarget', edgeTarget.length, edgeCount],
    ['edgeKind', edgeKind.length, edgeCount],
    ['edgeName', edgeName.length, edgeCount],
    ['edgeIsStrong', edgeIsStrong.length, edgeCount],
  ] as const) {
    expectThat(length === wanted, `${name} has ${length} items when expected ${wanted}`)
  }
  const { locations } = graph
  if (locations !== undefined) {
    const places = locations.file.length
    expectThat(locations.place.length === nodeCount, `locations.place has ${locations.place.length} items when expected ${nodeCount}`)
    expectThat(locations.line.length === places && locations.column.length === places, 'the columns of places differ in length')
    for (let node = 0; node < nodeCount; node++) {
      if (locations.place[node]! > 0 && locations.place[node]! >= places) fail(`locations.place[${node}] is ${locations.place[node]} of ${places}`)
    }
  }
  const { stacks } = graph
  if (stacks !== undefined) {
    expectThat(stacks.thread.length === stacks.usedBytes.length, 'the columns of stacks differ in length')
    for (const node of stacks.thread) if (node >= nodeCount) fail(`stacks.thread holds ${node} of ${nodeCount} nodes`)
  }
  expectThat(firstEdge[0] === 0, `firstEdge[0] is ${firstEdge[0]} when expected 0`)
  expectThat(firstEdge[nodeCount] === edgeCount, `firstEdge ends at ${firstEdge[nodeCount]} when expected ${edgeCount}`)
  const shallowBytes = graph.shallowBytes
  for (let node = 0; node < nodeCount; node++) {
    if (firstEdge[node]! > firstEdge[node + 1]!) fail(`firstEdge falls at node ${node}`)
    if (nodeKind[node]! >= NODE_KINDS.length) fail(`nodeKind[${node}] is ${nodeKind[node]}`)
    if (nodeName[node]! >= stringCount) fail(`nodeName[${node}] is ${nodeName[node]} of ${stringCount} strings`)
    if (!(shallowBytes[node]! >= 0)) fail(`shallowBytes[${node}] is ${shallowBytes[node]}`)
  }
  for (let edge = 0; edge < edgeCount; edge++) {
    const kind = edgeKind[edge]!
    if (edgeTarget[edge]! >= nodeCount) fail(`edgeTarget[${edge}] is ${edgeTarget[edge]} of ${nodeCount} nodes`)
    if (kind >= EDGE_KINDS.length) fail(`edgeKind[${edge}] is ${kind}`)
    if (kind !== EDGE.element && kind !== EDGE.hidden && edgeName[edge]! >= stringCount) {
      fail(`edgeName[${edge}] is ${edgeName[edge]} of ${stringCount} strings`)
    }
    if (kind === EDGE.weak && edgeIsStrong.has(edge)) fail(`edge ${edge} is weak and strong`)
  }
}

function expectThat(holds: boolean, message: string): void {
  if (!holds) fail(message)
}

function fail(message: string): never {
  throw new Error(`heap graph: ${message}`)
}
