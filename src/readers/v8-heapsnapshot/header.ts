import { EDGE, EDGE_KINDS, type EdgeKind, NODE, type NodeKind } from '../../model/heap-graph.ts'

/** What the beginning of a snapshot says about the rows that follow. Positions are looked up by name, never assumed. */
export interface Header {
  nodeCount: number
  edgeCount: number
  extraNativeBytes: number | undefined
  node: {
    fields: number
    type: number
    name: number
    id: number
    selfSize: number
    edgeCount: number
    traceNodeId: number | undefined
    detachedness: number | undefined
    /** V8's type number → position in NODE_KINDS. */
    kinds: Uint8Array
  }
  edge: {
    fields: number
    type: number
    nameOrIndex: number
    toNode: number
    /** V8's type number → position in EDGE_KINDS. */
    kinds: Uint8Array
  }
  location: { fields: number; object: number; scriptId: number; script: number | undefined; line: number; column: number } | undefined
  sample: { fields: number; time: number; lastId: number } | undefined
  traceFunction: { fields: number; name: number; scriptName: number; line: number; column: number } | undefined
  /** Present when a tree row is `id, function_info_index, count, size, children` in any order with `children` last. */
  traceNode: { fields: number; id: number; functionInfo: number; count: number; size: number } | undefined
  scope: { fields: number; script: number; id: number; depth: number; variables: number; uses: number } | undefined
  scopeVariable: { fields: number; name: number } | undefined
  scopeUse: { fields: number; declaringScope: number; slot: number } | undefined
  /** Type names of this file that this version of ours does not know; they are read as `hidden`. */
  unknownTypes: string[]
}

/** The header cannot be used. `expected` and `found` complete a sentence. */
export class HeaderProblem extends Error {
  readonly expected: string
  readonly found: string

  constructor(expected: string, found: string) {
    super(`expected ${expected}, found ${found}`)
    this.expected = expected
    this.found = found
  }
}

const NODE_KIND_OF: Readonly<Record<string, NodeKind>> = {
  hidden: 'hidden',
  array: 'array',
  string: 'string',
  object: 'object',
  code: 'code',
  closure: 'closure',
  regexp: 'regexp',
  number: 'number',
  native: 'native',
  synthetic: 'synthetic',
  'concatenated string': 'concatenated-string',
  'sliced string': 'sliced-string',
  symbol: 'symbol',
  bigint: 'bigint',
  'object shape': 'shape',
  'wasm object': 'object', // Node 20 alone lists it
}

const EDGE_KIND_OF: Readonly<Record<string, EdgeKind>> = {
  context: 'variable',
  element: 'element',
  property: 'property',
  internal: 'internal',
  hidden: 'hidden',
  shortcut: 'shortcut',
  weak: 'weak',
}

/** Reads the object under `"snapshot"`. @throws HeaderProblem, SyntaxError */
export function readHeader(text: string): Header {
  const snapshot = asRecord(JSON.parse(text), 'an object under "snapshot"')
  const meta = asRecord(snapshot['meta'], '"meta" in the header')
  const unknownTypes: string[] = []
  const list = (name: string): string[] | undefined => {
    const given = meta[name]
    return Array.isArray(given) ? given.map(String) : undefined
  }
  const needed = (fields: string[], name: string, of: string): number => {
    const at = fields.indexOf(name)
    if (at < 0) throw new HeaderProblem(`a field "${name}" in "${of}"`, `the fields ${fields.join(', ')}`)
    return at
  }
  const optional = (fields: string[], name: string): number | undefined => {
    const at = fields.indexOf(name)
    return at < 0 ? undefined : at
  }
  const typeNames = (name: string, at: number): string[] => {
    const types = meta[name]
    const names: unknown = Array.isArray(types) ? types[at] : undefined
    if (!Array.isArray(names) || names.length > 256) throw new HeaderProblem(`the list of type names in "${name}"`, typeof names)
    return names.map(String)
  }
  const nodeFields = list('node_fields')
  const edgeFields = list('edge_fields')
  if (nodeFields === undefined) throw new HeaderProblem('"node_fields" in "meta"', 'none')
  if (edgeFields === undefined) throw new HeaderProblem('"edge_fields" in "meta"', 'none')
  if (nodeFields.length > 64 || edgeFields.length > 64) throw new HeaderProblem('rows of at most 64 fields', `${Math.max(nodeFields.length, edgeFields.length)}`)
  const nodeType = needed(nodeFields, 'type', 'node_fields')
  const edgeType = needed(edgeFields, 'type', 'edge_fields')
  const nodeKinds = typeNames('node_types', nodeType).map((name) => {
    const kind = NODE_KIND_OF[name]
    if (kind === undefined) unknownTypes.push(name)
    return NODE[kind ?? 'hidden']
  })
  const edgeKinds = typeNames('edge_types', edgeType).map((name) => {
    const kind = EDGE_KIND_OF[name]
    if (kind === undefined) unknownTypes.push(name)
    return EDGE[kind ?? 'hidden']
  })
  const locationFields = list('location_fields')
  const sampleFields = list('sample_fields')
  const functionFields = list('trace_function_info_fields')
  const traceFields = list('trace_node_fields')
  const scopeFields = list('scope_fields')
  const variableFields = list('scope_context_var_fields')
  const useFields = list('scope_use_fields')
  return {
    nodeCount: count(snapshot['node_count'], 'node_count'),
    edgeCount: count(snapshot['edge_count'], 'edge_count'),
    extraNativeBytes: typeof snapshot['extra_native_bytes'] === 'number' ? snapshot['extra_native_bytes'] : undefined,
    node: {
      fields: nodeFields.length,
      type: nodeType,
      name: needed(nodeFields, 'name', 'node_fields'),
      id: needed(nodeFields, 'id', 'node_fields'),
      selfSize: needed(nodeFields, 'self_size', 'node_fields'),
      edgeCount: needed(nodeFields, 'edge_count', 'node_fields'),
      traceNodeId: optional(nodeFields, 'trace_node_id'),
      detachedness: optional(nodeFields, 'detachedness'),
      kinds: Uint8Array.from(nodeKinds),
    },
    edge: {
      fields: edgeFields.length,
      type: edgeType,
      nameOrIndex: needed(edgeFields, 'name_or_index', 'edge_fields'),
      toNode: needed(edgeFields, 'to_node', 'edge_fields'),
      kinds: Uint8Array.from(edgeKinds),
    },
    location: locationFields === undefined || locationFields.length === 0 ? undefined : {
      fields: locationFields.length,
      object: needed(locationFields, 'object_index', 'location_fields'),
      scriptId: needed(locationFields, 'script_id', 'location_fields'),
      script: optional(locationFields, 'script_object_index'),
      line: needed(locationFields, 'line', 'location_fields'),
      column: needed(locationFields, 'column', 'location_fields'),
    },
    sample: sampleFields === undefined || sampleFields.length === 0 ? undefined : {
      fields: sampleFields.length,
      time: needed(sampleFields, 'timestamp_us', 'sample_fields'),
      lastId: needed(sampleFields, 'last_assigned_id', 'sample_fields'),
    },
    traceFunction: functionFields === undefined || functionFields.length === 0 ? undefined : {
      fields: functionFields.length,
      name: needed(functionFields, 'name', 'trace_function_info_fields'),
      scriptName: needed(functionFields, 'script_name', 'trace_function_info_fields'),
      line: needed(functionFields, 'line', 'trace_function_info_fields'),
      column: needed(functionFields, 'column', 'trace_function_info_fields'),
    },
    traceNode: traceFields === undefined || traceFields.at(-1) !== 'children' ? undefined : {
      fields: traceFields.length - 1,
      id: needed(traceFields, 'id', 'trace_node_fields'),
      functionInfo: needed(traceFields, 'function_info_index', 'trace_node_fields'),
      count: needed(traceFields, 'count', 'trace_node_fields'),
      size: needed(traceFields, 'size', 'trace_node_fields'),
    },
    scope: scopeFields === undefined || scopeFields.length === 0 ? undefined : {
      fields: scopeFields.length,
      script: needed(scopeFields, 'script_node_index', 'scope_fields'),
      id: needed(scopeFields, 'scope_id', 'scope_fields'),
      depth: needed(scopeFields, 'depth', 'scope_fields'),
      variables: needed(scopeFields, 'scope_context_vars_count', 'scope_fields'),
      uses: needed(scopeFields, 'scope_uses_count', 'scope_fields'),
    },
    scopeVariable: variableFields === undefined || variableFields.length === 0 ? undefined : {
      fields: variableFields.length,
      name: needed(variableFields, 'name', 'scope_context_var_fields'),
    },
    scopeUse: useFields === undefined || useFields.length === 0 ? undefined : {
      fields: useFields.length,
      declaringScope: needed(useFields, 'declaring_scope_id', 'scope_use_fields'),
      slot: needed(useFields, 'slot_index', 'scope_use_fields'),
    },
    unknownTypes,
  }
}

/** True when edges of this kind carry a number, not a string, in `name_or_index`. */
export function isNumbered(kind: number): boolean {
  return EDGE_KINDS[kind] === 'element' || EDGE_KINDS[kind] === 'hidden'
}

function count(value: unknown, name: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw new HeaderProblem(`a count in "${name}"`, JSON.stringify(value) ?? 'nothing')
  return value
}

function asRecord(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new HeaderProblem(what, value === undefined ? 'none' : JSON.stringify(value).slice(0, 40))
  return value as Record<string, unknown>
}
