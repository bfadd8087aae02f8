import type { Run } from '../../base/run.ts'
import type { AllocationProfile } from '../../model/allocation-profile.ts'
import { type HeapGraph, locationOf, NONE, type SourceLocation } from '../../model/heap-graph.ts'
import { Interner } from '../../model/string-table.ts'
import { PathTree } from '../diff/path-tree.ts'
import { findBestPaths } from './best-paths.ts'
import type { HeapIndex } from './heap-index.ts'
import { PREFERENCE } from './holder-preference.ts'
import { nodeLabel } from './node-label.ts'

/** What keeps less than this share of the heap is counted where it hangs. */
const LEAST_SHARE = 1e-4

/** The paths that stand for what nothing better holds; the other levels are ordinary paths. */
const LEVEL_NAMES: readonly (readonly [path: number, name: string])[] = [
  [PREFERENCE.runtime, '(held by compiled code and the runtime only)'],
  [PREFERENCE.stack, '(held by stacks only)'],
  [PREFERENCE.debugger, '(held by a debugger only)'],
]

/**
 * Who holds a heap, in the form of who allocated it: a stack is the path from a root, outermost holder first, its
 * weight what is held there, so any flame-graph viewer shows who *holds*.
 *
 * Method: every reachable node counts once, at the best path to it (`findBestPaths`), kinds of path as in a comparison
 *   (`PathTree`: `name : class` step by step, positions and data as `[x]`, repeated pieces folded). So the sets below
 *   different paths are disjoint, the sum is the reachable heap, and a step's total is at least what it retains: more
 *   by that which others hold as well, but less well.
 * Small paths are counted at the step above them, down to a ten-thousandth of the heap.
 * @throws Cancelled
 */
export function holdingProfile(index: HeapIndex, run: Run): AllocationProfile {
  const { graph } = index
  const paths = findBestPaths(graph, run)
  const tree = new PathTree()
  const pathOf = tree.place(graph, paths, run)
  const { order } = index.dominators()
  const orphans = tree.size // one more path: alive, and the file does not say by what
  const bytes = new Float64Array(orphans + 1)
  const count = new Float64Array(orphans + 1)
  const first = new Uint32Array(orphans + 1).fill(NONE)
  const example = new Uint32Array(orphans + 1).fill(NONE) // the first whose place is known
  for (const node of order) {
    const path = node === 0 ? 0 : pathOf[node] === 0 && paths.edge[node] === NONE ? orphans : pathOf[node]!
    bytes[path]! += graph.shallowBytes[node]!
    count[path]!++
    if (first[path] === NONE) first[path] = node
    if (example[path] === NONE && graph.locations?.place[node] !== undefined && graph.locations.place[node] !== 0) example[path] = node
  }
  const parentOf = (path: number): number => (path === orphans ? 0 : tree.parent[path]!)
  const below = bytes.slice()
  for (let path = orphans; path > 0; path--) below[parentOf(path)]! += below[path]!

  const strings = new Interner()
  const columns = { functionName: [] as number[], file: [] as number[], line: [] as number[], column: [] as number[] }
  const siteParent = [0]
  const siteFrame = [NONE]
  const liveBytes = [0]
  const liveCount = [0]
  const addSite = (parent: number, name: string, place: SourceLocation | undefined): number => {
    siteParent.push(parent)
    siteFrame.push(columns.functionName.length)
    columns.functionName.push(strings.number(name))
    columns.file.push(place === undefined ? NONE : strings.number(place.file))
    columns.line.push(place?.line ?? 0)
    columns.column.push(place?.column ?? 0)
    liveBytes.push(0)
    liveCount.push(0)
    return siteParent.length - 1
  }
  const siteOf = new Uint32Array(orphans + 1)
  let rest: number | undefined // of the root: a weight needs a stack
  for (let path = 0; path <= orphans; path++) {
    if (bytes[path] === 0 && below[path] === 0) continue
    const parent = path === 0 ? 0 : siteOf[parentOf(path)]!
    let site = parent
    if (path > 0 && below[path]! >= LEAST_SHARE * below[0]!) {
      const name = LEVEL_NAMES.find(([level]) => level === path)?.[1] ?? (path === orphans ? '(held by something this file does not show)' : stepName(graph, tree, path, first[path]!))
      site = siteOf[path] = addSite(parent, name, placeOf(graph, example[path]!))
    } else {
      siteOf[path] = parent
      if (site === 0 && bytes[path]! > 0) site = rest ??= addSite(0, '(too little to show)', undefined)
    }
    liveBytes[site]! += bytes[path]!
    liveCount[site]! += count[path]!
  }
  return {
    source: graph.source,
    strings: strings.table(),
    frames: { functionName: Uint32Array.from(columns.functionName), file: Uint32Array.from(columns.file), line: Uint32Array.from(columns.line), column: Uint32Array.from(columns.column) },
    siteCount: siteParent.length,
    siteParent: Uint32Array.from(siteParent),
    siteFrame: Uint32Array.from(siteFrame),
    liveBytes: Float64Array.from(liveBytes),
    liveCount: Float64Array.from(liveCount),
    unit: 'objects',
  }
}

/** `sessions : Map`; what has no name of its own is called by what it is, `(anonymous function)`. */
function stepName(graph: HeapGraph, tree: PathTree, path: number, node: number): string {
  const edge = tree.edgeName(path)
  const className = tree.className(path) || (node === NONE ? '' : nodeLabel(graph, node))
  const group = /^\((.*)\)$/.exec(className)?.[1]
  if (group !== undefined && (edge === '[x]' || edge === '')) return group // `GC roots`: viewers take brackets for arguments
  return [edge, className].filter((part) => part !== '').join(' : ') || 'unnamed'
}

function placeOf(graph: HeapGraph, node: number): SourceLocation | undefined {
  return node === NONE ? undefined : locationOf(graph, node)
}
