import { EDGE, type HeapGraph, NODE, NONE, ROOT } from '../../model/heap-graph.ts'
import type { BestPaths } from '../heap/best-paths.ts'
import { isContext } from '../heap/retaining-paths.ts'
import { NOTHING } from '../vocabulary/vocabulary.ts'
import { vocabularyOf } from '../vocabulary/vocabulary-of.ts'
import type { PathGrowth } from './growing-paths.ts'

/** Growing paths that one repair would end, with the objects that stand for them in the last graph. */
export interface Cause {
  /** The biggest first. */
  readonly growths: PathGrowth[]
  /** The oldest object on the way that gains: the map, array, emitter, promise or list. */
  readonly holder: number
  /** The instance with a class of its own which the holder belongs to; the holder itself when there is none near. */
  readonly owner: number
  /** One object that was born on the ladder and survived, at the top of the growth. */
  readonly example: number
  readonly countRate: number
  readonly bytesRate: number
  readonly steadiness: number
}

/** How far an instance may stand above its list and still be its owner: `emitter._events.data[…]`. */
const OWNER_STEPS = 6
/** Rates that differ by less than this share come from the same operation. */
const SAME_RATE = 0.1

export interface Births {
  /** Ids up to this were given out before the ladder began; Infinity where ids cannot be compared. */
  readonly beforeFirst: number
  /** Ids up to this were given out before the last step; Infinity where there is one step only, or ids cannot be compared. */
  readonly beforeLast: number
}

/**
 * Joins topmost growing paths into causes: several on one holder (a table's keys and its values, both ends of a
 * list), and several lists of one owner that grow at the same rate (one `pipe()` adds five listeners).
 */
export function findCauses(
  graph: HeapGraph,
  paths: BestPaths,
  pathOf: Uint32Array,
  tops: readonly PathGrowth[],
  births: Births,
): Cause[] {
  const examples = findExamples(graph, paths, pathOf, tops, births)
  const causes: Cause[] = []
  const grows = new Uint8Array(tops.reduce((most, top) => Math.max(most, top.path), 0) + 1)
  for (const top of tops) grows[top.path] = 1
  const { runtime, threadTable } = vocabularyOf(graph)
  /** The frames of threads, and the table in which the library lists those threads: one more of each with every thread. */
  const isOfThreads = ({ holder, example }: { holder: number; example: number }): boolean => {
    if (threadTable === NOTHING) return false
    if (holder === ROOT) return graph.nodeKind[example] === NODE.frame
    const edge = paths.edge[holder]!
    return edge !== NONE && graph.edgeKind[edge] === EDGE.variable && threadTable.test(graph.strings.get(graph.edgeName[edge]!))
  }
  /** The kind of thread that becomes more and leads here: what its frames hold comes with it. */
  const threadAbove = (node: number): number | undefined => {
    if (runtime === 'v8') return undefined
    let top = node
    while (paths.holder[top] !== ROOT && paths.holder[top] !== NONE) top = paths.holder[top]!
    return graph.nodeKind[top] === NODE.thread && grows[pathOf[top]!] === 1 ? pathOf[top] : undefined
  }
  for (const growth of tops.toSorted((a, b) => b.bytesRate - a.bytesRate)) {
    const example = examples.get(growth.path)
    if (example === undefined) continue
    const holder = findHolder(graph, paths, example, births, (node) => grows[pathOf[node]!] === 1)
    const owner = findOwner(graph, paths, isLikeOf(graph, holder, example) ? paths.holder[holder]! : holder)
    const thread = threadAbove(example)
    const ofThreads = isOfThreads({ holder, example })
    const known = causes.findIndex(
      (cause) =>
        (ofThreads && isOfThreads(cause)) ||
        (thread !== undefined && thread === threadAbove(cause.example)) ||
        (cause.holder === holder && (!holdsManyThings(graph, holder) || graph.nodeName[cause.example] === graph.nodeName[example])) ||
        (cause.owner === owner && (owner !== holder || cause.owner !== cause.holder) && Math.abs(cause.countRate - growth.countRate) <= SAME_RATE * cause.countRate),
    )
    const cause = causes[known]
    if (cause === undefined) {
      causes.push({ growths: [growth], holder, owner, example, countRate: growth.countRate, bytesRate: growth.bytesRate, steadiness: growth.steadiness })
      continue
    }
    // Two ends of one list are two halves of one number; a key and its value are not.
    const isSameKind = cause.growths.some((each) => halves(graph, paths, examples.get(each.path)!, example))
    causes[known] = {
      ...cause,
      growths: [...cause.growths, growth],
      countRate: isSameKind ? cause.countRate + growth.countRate : Math.max(cause.countRate, growth.countRate),
      bytesRate: cause.bytesRate + growth.bytesRate,
    }
  }
  return causes.toSorted((a, b) => b.bytesRate - a.bytesRate)
}

/** For each path one object, preferably born early on the ladder: it has survived longest. The best path comes first. */
function findExamples(
  graph: HeapGraph,
  paths: BestPaths,
  pathOf: Uint32Array,
  tops: readonly PathGrowth[],
  births: Births,
): Map<number, number> {
  const wanted = new Set(tops.map((top) => top.path))
  const early = new Map<number, number>()
  const late = new Map<number, number>()
  const any = new Map<number, number>()
  for (const node of paths.order) {
    const path = pathOf[node]!
    if (!wanted.has(path)) continue
    const id = graph.nodeId[node]!
    if (!any.has(path)) any.set(path, node)
    if (id <= births.beforeFirst) continue
    if (!late.has(path)) late.set(path, node)
    if (id <= births.beforeLast && !early.has(path)) early.set(path, node)
  }
  const found = new Map<number, number>()
  for (const path of wanted) {
    const example = early.get(path) ?? late.get(path) ?? any.get(path)
    if (example !== undefined) found.set(path, example)
  }
  return found
}

/** Upwards past what is as young as the example, past its like, and past the insides of collections. */
function findHolder(graph: HeapGraph, paths: BestPaths, example: number, births: Births, grows: (node: number) => boolean): number {
  let node = paths.holder[example]!
  while (node !== ROOT && node !== NONE && (grows(node) || isInside(graph, node) || (Number.isFinite(births.beforeFirst) && graph.nodeId[node]! > births.beforeFirst))) {
    node = paths.holder[node]!
  }
  return node === NONE ? ROOT : node
}

/** Roots, scopes and native environments hold things that have nothing to do with each other. */
function holdsManyThings(graph: HeapGraph, node: number): boolean {
  const kind = graph.nodeKind[node]!
  return node === ROOT || kind === NODE.synthetic || kind === NODE.native || kind === NODE.closure || kind === NODE.module || isContext(graph, node)
}

/** Tables, element stores, entries and links: parts of a collection, not holders that anybody would name. */
export function isInside(graph: HeapGraph, node: number): boolean {
  const kind = graph.nodeKind[node]!
  if (kind === NODE.array || kind === NODE.hidden) return !isContext(graph, node)
  const { insides } = vocabularyOf(graph)
  return insides !== NOTHING && (kind === NODE.object || kind === NODE['weak-reference']) && insides.test(graph.strings.get(graph.nodeName[node]!))
}

/** The first link of a list that is added to at its end is older than the growth, and a part of it all the same. */
function isLikeOf(graph: HeapGraph, holder: number, example: number): boolean {
  return holder !== ROOT && isNamedInstance(graph, holder) && graph.nodeName[holder] === graph.nodeName[example]
}

function findOwner(graph: HeapGraph, paths: BestPaths, holder: number): number {
  let node = holder
  for (let step = 0; step < OWNER_STEPS && node !== ROOT && node !== NONE; step++) {
    if (isNamedInstance(graph, node)) return node
    if (isContext(graph, node) || graph.nodeKind[node] === NODE.closure || graph.nodeKind[node] === NODE.synthetic) return holder
    const edge = paths.edge[node]!
    if (graph.edgeKind[edge] === EDGE.variable) return holder
    node = paths.holder[node]!
  }
  return holder
}

const PLAIN_CLASSES = /^(Object|Array|Map|Set|WeakMap|WeakSet|Promise|ReadableState|WritableState|Module|global.*|process|Generator)$/

/** An instance of a class that says more than what it is made of. */
export function isNamedInstance(graph: HeapGraph, node: number): boolean {
  if (graph.nodeKind[node] !== NODE.object || isContext(graph, node)) return false
  const name = graph.strings.get(graph.nodeName[node]!)
  return name !== '' && !PLAIN_CLASSES.test(name)
}

function halves(graph: HeapGraph, paths: BestPaths, a: number, b: number): boolean {
  if (graph.nodeName[a] !== graph.nodeName[b] || graph.nodeKind[a] !== graph.nodeKind[b]) return false
  const [edgeA, edgeB] = [paths.edge[a]!, paths.edge[b]!]
  return graph.edgeKind[edgeA] === EDGE.property && graph.edgeKind[edgeB] === EDGE.property && graph.nodeKind[a] === NODE.object
}
