import { type HeapGraph, locationOf, NODE, NODE_KINDS, type SourceLocation } from '../../model/heap-graph.ts'
import type { BestPaths } from '../heap/best-paths.ts'
import { elementName } from '../heap/classes.ts'
import { nodeLabel } from '../heap/node-label.ts'
import { vocabularyOf } from '../vocabulary/vocabulary-of.ts'
import type { Births } from './growth-causes.ts'
import type { PathCounts, PathTree } from './path-tree.ts'

/** Whose class it is. The lower, the more it tells the reader. */
export const ORIGIN = { application: 0, package: 1, runtime: 2, builtin: 3 } as const
export type Origin = (typeof ORIGIN)[keyof typeof ORIGIN]

/** One class that grows below a cause. */
export interface GrowingClass {
  readonly className: string
  readonly origin: Origin
  readonly countRate: number
  readonly bytesRate: number
  /** A young instance with the best path. */
  readonly example: number
  readonly location?: SourceLocation | undefined
}

/**
 * What one operation leaves behind below a cause, by class: for every class its topmost instances, so that nothing is
 * counted within itself. Application classes first, then packages', then the runtime's; by bytes within each.
 */
export function findGrowingClasses(
  graph: HeapGraph,
  paths: BestPaths,
  tree: PathTree,
  pathOf: Uint32Array,
  top: ReadonlySet<number>,
  rungs: { first: PathCounts; last: PathCounts; operations: number },
  births: Births,
): GrowingClass[] {
  const topOf = new Int32Array(tree.size).fill(-1)
  for (let path = 1; path < tree.size; path++) topOf[path] = top.has(path) ? path : topOf[tree.parent[path]!]!
  const totals = new Map<string, { countRate: number; bytesRate: number; paths: number[] }>()
  for (let path = 1; path < tree.size; path++) {
    if (topOf[path] === -1) continue
    const more = (rungs.last.count[path] ?? 0) - (rungs.first.count[path] ?? 0)
    if (more <= 0) continue
    const className = tree.className(path)
    if (isBelowItsLike(tree, path, topOf[path]!, className)) continue
    const total = totals.get(className) ?? { countRate: 0, bytesRate: 0, paths: [] }
    total.countRate += more / rungs.operations
    total.bytesRate += ((rungs.last.subtreeBytes[path] ?? 0) - (rungs.first.subtreeBytes[path] ?? 0)) / rungs.operations
    total.paths.push(path)
    totals.set(className, total)
  }
  const classOfPath = new Map<number, string>()
  for (const [className, { paths: where }] of totals) for (const path of where) classOfPath.set(path, className)
  const examples = new Map<string, number>()
  for (const node of paths.order) {
    const className = classOfPath.get(pathOf[node]!)
    if (className === undefined || examples.has(className)) continue
    const id = graph.nodeId[node]!
    if (Number.isFinite(births.beforeFirst) && (id <= births.beforeFirst || id > births.beforeLast)) continue
    examples.set(className, node)
  }
  const classes: GrowingClass[] = []
  for (const [className, { countRate, bytesRate }] of totals) {
    const example = examples.get(className)
    if (example === undefined || !isNameable(graph, example)) continue
    const location = locationOf(graph, example)
    classes.push({ className: nameOfClass(graph, example), origin: originOf(graph, example, className, location), countRate, bytesRate, example, location })
  }
  return classes.toSorted((a, b) => a.origin - b.origin || b.bytesRate - a.bytesRate)
}

function isBelowItsLike(tree: PathTree, path: number, top: number, className: string): boolean {
  for (let above = path; above !== top; ) {
    above = tree.parent[above]!
    if (tree.className(above) === className) return true
  }
  return false
}

function isNameable(graph: HeapGraph, node: number): boolean {
  const kind = graph.nodeKind[node]!
  return kind !== NODE.hidden && kind !== NODE.array && kind !== NODE.code && kind !== NODE.shape && kind !== NODE.context && kind !== NODE.synthetic
}

/** As a title and `className` say it: no parentheses around kinds. */
export function nameOfClass(graph: HeapGraph, node: number): string {
  const kind = graph.nodeKind[node]!
  if (kind === NODE.string || kind === NODE['concatenated-string'] || kind === NODE['sliced-string'] || kind === NODE.number) return NODE_KINDS[kind]!.replace('-', ' ')
  // An element's attributes are its own: the class is its tag.
  return kind === NODE.native ? elementName(nodeLabel(graph, node)) : nodeLabel(graph, node)
}

export function originOf(graph: HeapGraph, node: number, className: string, location: SourceLocation | undefined): Origin {
  const { core, library, packages, originByName } = vocabularyOf(graph)
  const kind = graph.nodeKind[node]!
  const isInstance = kind === NODE.object || (originByName && (kind === NODE.thread || kind === NODE['class-loader'] || kind === NODE['weak-reference']))
  if (!isInstance || className.startsWith('(') || core.test(className) || className.startsWith('system /')) return ORIGIN.builtin
  if (originByName) return library.test(className) ? ORIGIN.runtime : packages.test(className) ? ORIGIN.package : ORIGIN.application
  if (location === undefined) return ORIGIN.runtime
  return originOfFile(location.file)
}

export function originOfFile(file: string): Origin {
  if (file.startsWith('node:') || file === '' || file.startsWith('internal/') || file.startsWith('evalmachine')) return ORIGIN.runtime
  return /[\\/]node_modules[\\/]/.test(file) ? ORIGIN.package : ORIGIN.application
}
