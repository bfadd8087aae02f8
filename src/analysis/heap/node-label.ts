import { EDGE, type HeapGraph, NODE, NODE_KINDS } from '../../model/heap-graph.ts'

/** Properties named in the shape of a plain object. */
const SHAPE_PROPERTIES = 4

/**
 * What a node is called in a path or a title: its class; for a string its kind, never its contents; for a plain
 * object its shape, `Object {id, user}`.
 */
export function nodeLabel(graph: HeapGraph, node: number): string {
  const kind = graph.nodeKind[node]!
  if (kind === NODE.string || kind === NODE['concatenated-string'] || kind === NODE['sliced-string']) return `(${NODE_KINDS[kind]!.replace('-', ' ')})`
  if (kind === NODE.number || kind === NODE.bigint) return `(${NODE_KINDS[kind]})`
  const name = graph.strings.get(graph.nodeName[node]!)
  if (kind === NODE.object && name === 'Object') return plainObjectLabel(graph, node)
  if (name !== '') return name.length > 120 ? `${name.slice(0, 119)}…` : name
  return kind === NODE.closure ? '(anonymous function)' : `(${NODE_KINDS[kind]})`
}

function plainObjectLabel(graph: HeapGraph, node: number): string {
  const names: string[] = []
  let more = 0
  for (let edge = graph.firstEdge[node]!, end = graph.firstEdge[node + 1]!; edge < end; edge++) {
    if (graph.edgeKind[edge] !== EDGE.property) continue
    const name = graph.strings.get(graph.edgeName[edge]!)
    if (name === '__proto__') continue
    if (names.length < SHAPE_PROPERTIES && name.length <= 30 && !/\d{3}/.test(name)) names.push(name)
    else more++
  }
  if (names.length === 0) return more === 0 ? 'Object' : `Object {${more} keys}`
  return more > 40 ? `Object {${more + names.length} keys}` : `Object {${names.join(', ')}${more > 0 ? ', …' : ''}}`
}
