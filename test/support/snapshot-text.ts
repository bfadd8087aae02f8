/** What a made-up V8 snapshot differs in from the plain one. */
export interface SnapshotText {
  nodes: number[][]
  edges: number[][]
  strings?: string[]
  /** Claimed in the header; the truth unless said. */
  nodeCount?: number
  edgeCount?: number
  /** How V8 parts rows: a line each up to Node 22, commas alone since 24. */
  between?: ',' | '\n,'
}

const META = {
  node_fields: ['type', 'name', 'id', 'self_size', 'edge_count', 'detachedness'],
  node_types: [['hidden', 'array', 'string', 'object', 'code', 'closure', 'regexp', 'number', 'native', 'synthetic'], 'string', 'number', 'number', 'number', 'number'],
  edge_fields: ['type', 'name_or_index', 'to_node'],
  edge_types: [['context', 'element', 'property', 'internal', 'hidden', 'shortcut', 'weak'], 'string_or_number', 'node'],
  location_fields: ['object_index', 'script_id', 'line', 'column'],
}

/** A snapshot as V8 writes it, of rows given as numbers: for what no runtime can be made to write. */
export function snapshotText({ nodes, edges, strings = ['<dummy>', 'a', 'b'], nodeCount = nodes.length, edgeCount = edges.length, between = ',' }: SnapshotText): string {
  const rows = (all: number[][]): string => all.map((row) => row.join(',')).join(between) + (between === ',' ? '' : '\n')
  const header = JSON.stringify({ meta: META, node_count: nodeCount, edge_count: edgeCount, trace_function_count: 0 })
  return `{"snapshot":${header},\n"nodes":[${rows(nodes)}],\n"edges":[${rows(edges)}],\n"trace_function_infos":[],\n"trace_tree":[],\n"samples":[],\n"locations":[],\n"strings":[${strings.map((each) => JSON.stringify(each)).join(',\n')}]}`
}

/** A root and `count` objects in a chain, each with a few more edges: big enough to be read in blocks. */
export function chain(count: number): { nodes: number[][]; edges: number[][] } {
  const nodes: number[][] = []
  const edges: number[][] = []
  for (let node = 0; node < count; node++) {
    const row: number[][] = []
    if (node + 1 < count) row.push([2, 1, (node + 1) * 6])
    for (let more = 0; more < node % 4; more++) row.push([1, (node * 7919 + more) % (more === 2 ? 4_000_000_000 : 100_000), ((node * 31 + more * 977) % count) * 6])
    if (node % 5 === 0) row.push([6, 2, ((node * 17) % count) * 6])
    nodes.push([node === 0 ? 9 : 3, 1, 2 * node + 1, node % 1000, row.length, 0])
    edges.push(...row)
  }
  return { nodes, edges }
}
