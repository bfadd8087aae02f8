import type { Bitset } from '../base/bitset.ts'
import type { AllocationProfile } from './allocation-profile.ts'
import type { Source } from './source.ts'
import type { StringTable } from './string-table.ts'

/** "No node", "no edge", "no site", "no string": the one value for absence in a Uint32 column. */
export const NONE = 0xffffffff

/** Node 0 is the single synthetic root; GC roots hang on it by edges whose names say why. */
export const ROOT = 0

/** What a node is. The number in `nodeKind` is the position in this list. */
export const NODE_KINDS = [
  'synthetic', // the root and groups of GC roots
  'object', // an instance with a class
  'array', // a runtime-internal array, or an array of a typed runtime
  'string',
  'concatenated-string',
  'sliced-string',
  'closure', // a function with what it captured
  'context', // captured variables of one function activation
  'code',
  'hidden', // runtime-internal
  'shape', // hidden class / object shape
  'native', // outside the managed heap, known to the runtime
  'number',
  'bigint',
  'symbol',
  'regexp',
  'class', // a class object (JVM, Python)
  'class-loader',
  'thread',
  'frame', // a stack frame or traceback
  'module',
  'weak-reference',
] as const
export type NodeKind = (typeof NODE_KINDS)[number]

/** What an edge is. The number in `edgeKind` is the position in this list. */
export const EDGE_KINDS = [
  'property', // named; edgeName is a string number
  'element', // position; edgeName is the position itself
  'variable', // captured variable of a closure's context; named
  'internal', // runtime-internal, named
  'hidden', // runtime-internal; edgeName is a position
  'shortcut', // V8: from the root to a global object
  'weak', // named; never keeps its target alive
  'root', // from ROOT: why the target is a GC root; named
] as const
export type EdgeKind = (typeof EDGE_KINDS)[number]

/** Numbers of the kinds, for hot loops: `NODE.string`, `EDGE.element`. */
export const NODE = numbers(NODE_KINDS)
export const EDGE = numbers(EDGE_KINDS)

/** The narrowest column that holds every value exactly. */
export type NumberColumn = Uint32Array | Float64Array

/**
 * Who keeps whom alive, at one moment. Built once by `HeapGraphBuilder` or a reader's own pass, checked by
 * `checkHeapGraph`, read-only after that; every column may be handed to another thread.
 * A `node` is always the ordinal 0 … nodeCount−1, an `edge` the ordinal 0 … edgeCount−1.
 */
export interface HeapGraph {
  readonly source: Source
  readonly strings: StringTable
  readonly nodeCount: number
  /** Position in NODE_KINDS. */
  readonly nodeKind: Uint8Array
  /** String number: class or constructor name; for strings the (possibly cut) content. */
  readonly nodeName: Uint32Array
  /** The runtime's identity; comparable between graphs iff `source.idsAreStable`. */
  readonly nodeId: NumberColumn
  /** The node itself, without what it refers to. */
  readonly shallowBytes: NumberColumn
  readonly edgeCount: number
  /** Edges are grouped by the node they leave: those of `node` are firstEdge[node] … firstEdge[node+1]−1. */
  readonly firstEdge: Uint32Array
  readonly edgeTarget: Uint32Array
  /** Position in EDGE_KINDS. */
  readonly edgeKind: Uint8Array
  /** String number, or for `element` and `hidden` the position. */
  readonly edgeName: Uint32Array
  /** Counts as keeping its target alive. Decided by the reader, which alone knows its runtime. */
  readonly edgeIsStrong: Bitset

  /** DOM and the like: 0 unknown, 1 attached, 2 detached; spread over the graph by the reader. */
  readonly detachedness?: Uint8Array | undefined
  readonly locations?: NodeLocations | undefined
  /** Site in `allocations`, NONE where unknown. */
  readonly allocationSite?: Uint32Array | undefined
  readonly allocations?: AllocationProfile | undefined
  /** Ids handed out until a moment: an object is older than the first sample whose `lastId` reaches its id. */
  readonly samples?: { readonly timeMs: Float64Array; readonly lastId: NumberColumn } | undefined
  readonly ephemerons?: Ephemerons | undefined
  /**
   * Runtime-internal nodes (hidden, array) that belong to one node alone are parts of it: totals by class count their
   * bytes with the owner. `shallowBytes` says what the file says all the same.
   */
  readonly internalsBelongToOwner?: boolean | undefined
  /**
   * Everything here survived a collection, so a node that nothing strong leads to is held by something the input does
   * not show: dominators hang it below ROOT. Absent where an input may contain garbage.
   */
  readonly orphansAreAlive?: boolean | undefined
  /** Of a typed runtime: where the elements of an array of references begin, and how wide each is. With it a size tells a length. */
  readonly referenceArrays?: { readonly firstElementBytes: number; readonly elementBytes: number } | undefined
  /** Native bytes the runtime reports outside every node. */
  readonly extraNativeBytes?: number | undefined
  readonly stacks?: ThreadStacks | undefined
}

/** What the stacks of threads take. They are outside every node. */
export interface ThreadStacks {
  /** Nodes of kind `thread`, each once. */
  readonly thread: Uint32Array
  /** By position in `thread`: what the frames fill; the stack itself is larger. */
  readonly usedBytes: Float64Array
  /** In use for all stacks of the process, as the runtime counts it. */
  readonly inUseBytes?: number | undefined
}

/** Source positions of some nodes (closures, classes, instances by their constructor); many nodes share one place. */
export interface NodeLocations {
  /** By node: row of the columns below; 0 where the node has no location. */
  readonly place: Uint16Array | Uint32Array
  /** By place: string number of the script's name in the graph's strings; NONE where only the script's id is known. */
  readonly file: Uint32Array
  /** By place; from 1. Row 0 stands for "no location". */
  readonly line: Uint32Array
  /** By place; from 1. */
  readonly column: Uint32Array
}

/**
 * The edges of a runtime's weak maps, sorted. An entry shows as two edges to its value, one from the table and one
 * from the key; only the key's is strong. The two of one entry have the same `pair`.
 */
export interface Ephemerons {
  readonly edge: Uint32Array
  readonly pair: Uint32Array
}

/** A place in a source file; line and column count from 1. */
export interface SourceLocation {
  file: string
  line: number
  column?: number | undefined
  functionName?: string | undefined
  /** The place in the file that runs, when a source map led from there to this one. */
  generated?: { file: string; line: number; column?: number | undefined } | undefined
}

/** The source position recorded for `node`, or undefined. */
export function locationOf(graph: HeapGraph, node: number): SourceLocation | undefined {
  return placeLocation(graph, graph.locations?.place[node] ?? 0)
}

/** The source position of a place in the graph's locations; undefined for place 0 and where the file is not known. */
export function placeLocation({ locations, strings }: HeapGraph, place: number): SourceLocation | undefined {
  if (locations === undefined || place === 0 || locations.file[place] === NONE) return undefined
  return { file: strings.get(locations.file[place]!), line: locations.line[place]!, column: locations.column[place]! }
}

export function nodeKindOf(graph: HeapGraph, node: number): NodeKind {
  return NODE_KINDS[graph.nodeKind[node]!]!
}

export function nodeNameOf(graph: HeapGraph, node: number): string {
  return graph.strings.get(graph.nodeName[node]!)
}

export function edgeKindOf(graph: HeapGraph, edge: number): EdgeKind {
  return EDGE_KINDS[graph.edgeKind[edge]!]!
}

/** An edge's name as text: the property or variable, or the position in digits. */
export function edgeNameOf(graph: HeapGraph, edge: number): string {
  const kind = graph.edgeKind[edge]!
  const name = graph.edgeName[edge]!
  return kind === EDGE.element || kind === EDGE.hidden ? String(name) : graph.strings.get(name)
}

function numbers<const Kinds extends readonly string[]>(kinds: Kinds): { readonly [K in Kinds[number]]: number } {
  return Object.fromEntries(kinds.map((kind, position) => [kind, position])) as { [K in Kinds[number]]: number }
}
