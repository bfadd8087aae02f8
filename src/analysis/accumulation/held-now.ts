import { edgeNameOf, type HeapGraph, NODE, NONE, ROOT } from '../../model/heap-graph.ts'
import type { GrowingClass } from '../diff/growing-classes.ts'
import { isInside } from '../diff/growth-causes.ts'
import type { BestPaths } from '../heap/best-paths.ts'
import type { HeapIndex } from '../heap/heap-index.ts'
import { describePath, type NodePath, nodePathTo } from '../heap/retaining-paths.ts'
import type { Held } from '../patterns/pattern.ts'
import { vocabularyOf } from '../vocabulary/vocabulary-of.ts'
import type { Members } from './members.ts'

/** Of so few entries nothing is said but that they are big. */
export const FEWEST_MEMBERS = 16
const WORDS_KEPT = 6

/** What is held at one moment; counts and bytes are all that is there, not what came. */
export type HeldNow = Held & { readonly entries: number }

export interface Gathered {
  readonly point: number
  readonly members: Members
  /** The class of the program that stands for the entries; absent when they are of the runtime's classes only. */
  readonly main: GrowingClass | undefined
}

/** What patterns ask for, of one moment: counts and bytes are all that is there, not what came. */
export function heldAt({ graph, dominators }: HeapIndex, paths: BestPaths, { point, members, main }: Gathered): HeldNow | undefined {
  const { retainedBytes } = dominators()
  const ofMain = main === undefined ? [] : members.nodes.filter((node) => graph.nodeName[node] === graph.nodeName[main.example])
  const candidates = ofMain.length >= FEWEST_MEMBERS ? ofMain : members.nodes
  const holders = holdersAbove(graph, paths, candidates)
  const [holding, entries] = commonestOf(holders)
  const held = candidates.filter((_, at) => holders[at] === holding)
  const biggest = held.reduce((most, node) => (retainedBytes[node]! > retainedBytes[most]! ? node : most), held[0]!)
  // Below an entry of the runtime's classes stands the program's object.
  const isEntry = ofMain.length >= FEWEST_MEMBERS || main === undefined
  const path = nodePathTo(paths, isEntry ? biggest : main.example)
  const holder = path.nodes.indexOf(isEntry ? holding : (path.nodes.includes(holding) ? holding : point))
  if (path.nodes.length === 0 || (holder < 0 && holding !== ROOT)) return undefined
  let entry = holder + 1
  // One table or element store is not an entry.
  while (entry < path.nodes.length - 1 && (graph.nodeKind[path.nodes[entry]!] === NODE.array || graph.nodeKind[path.nodes[entry]!] === NODE.hidden)) entry++
  if (entry >= path.nodes.length) return undefined
  const vocabulary = vocabularyOf(graph)
  const { steps } = describePath(graph, path, () => ({ status: 'fine' }))
  // Who waits for a promise or future is linked in by something that is as young as it.
  const isLinked = vocabulary.runtime !== 'v8' && entry + 1 < steps.length && vocabulary.waiting.test(steps[entry]!.nodeName) && members.nodes.includes(path.nodes[entry]!)
  return {
    graph,
    vocabulary,
    path,
    steps,
    holder: isLinked ? entry : Math.max(0, holder),
    entry: isLinked ? entry + 1 : entry,
    ownerEdges: namesToEntry(graph, path, holder, entry),
    classes: members.classes,
    by: 'objects',
    bytesRate: retainedBytes[point]!,
    countRate: entries,
    bytesOf: (name) => members.bytesOf(name),
    membersOf: (passes) => candidates.filter(passes).length / candidates.length,
    entries,
  }
}

/** Names of the references above the entries, below the nearest function: what stands above that is how one gets there. */
function namesToEntry(graph: HeapGraph, path: NodePath, holder: number, entry: number): string[] {
  const from = Math.max(0, holder - WORDS_KEPT + 1)
  const aFunction = path.nodes.findLastIndex((node, step) => step < entry && graph.nodeKind[node] === NODE.closure)
  return path.edges.slice(Math.max(from, aFunction + 1), entry + 1).map((edge) => edgeNameOf(graph, edge))
}

/**
 * Who holds most of the entries, and how many: where two collections hold the same objects, neither dominates them, and
 * what does (a class, say) is not what holds them.
 */
function commonestOf(holders: Uint32Array): [holder: number, entries: number] {
  const counts = new Map<number, number>()
  for (const holder of holders) counts.set(holder, (counts.get(holder) ?? 0) + 1)
  return [...counts].reduce((most, each) => (each[1] > most[1] ? each : most))
}

/**
 * Of every node the one above tables, links and others of its own class: a list's entries may be reached through each other.
 * Cost: every node on the way is passed once for each class, however long the list is.
 */
function holdersAbove(graph: HeapGraph, paths: BestPaths, nodes: readonly number[]): Uint32Array {
  const knownOf = new Map<number, Map<number, number>>() // by class: what stands above a node that is passed
  return Uint32Array.from(nodes, (node) => {
    const name = graph.nodeName[node]!
    let known = knownOf.get(name)
    if (known === undefined) knownOf.set(name, (known = new Map()))
    const passed: number[] = []
    let holder = paths.holder[node]!
    while (holder !== ROOT && holder !== NONE && (isInside(graph, holder) || graph.nodeName[holder] === name)) {
      const above = known.get(holder)
      if (above !== undefined) {
        holder = above
        break
      }
      passed.push(holder)
      holder = paths.holder[holder]!
    }
    if (holder === NONE) holder = ROOT
    for (const each of passed) known.set(each, holder)
    return holder
  })
}

/** Held by the last reference of a path alone: by a root, or what a root holds. */
export function heldByLast(graph: HeapGraph, paths: BestPaths, { node, bytes, own }: { node: number; bytes: number; own: GrowingClass }): HeldNow | undefined {
  const path = nodePathTo(paths, node)
  if (path.nodes.length === 0) return undefined
  return {
    graph,
    vocabulary: vocabularyOf(graph),
    path,
    steps: describePath(graph, path, () => ({ status: 'fine' })).steps,
    holder: Math.max(0, path.nodes.length - 2),
    entry: path.nodes.length - 1,
    ownerEdges: path.edges.slice(-WORDS_KEPT).map((edge) => edgeNameOf(graph, edge)),
    classes: [own],
    by: 'objects',
    bytesRate: bytes,
    countRate: own.countRate,
    bytesOf: () => 0,
    membersOf: (passes) => (passes(node) ? 1 : 0),
    entries: own.countRate,
  }
}

/** A class, module, function or line of the program stands at the holder or directly above it. */
export function belongsToProgram({ graph, vocabulary, steps, path, holder }: Held): boolean {
  const { core, library, packages, originByName } = vocabulary
  for (let step = holder; step >= Math.max(0, holder - 2); step--) {
    const { location, nodeKind, nodeName } = steps[step]!
    if (!originByName) {
      if (location !== undefined) return !location.file.startsWith('node:') && location.file !== ''
      continue
    }
    const name = nodeName.replace(/^(class|context of|local variable of) /, '')
    if (nodeKind === 'frame' || nodeKind === 'module' || graph.nodeKind[path.nodes[step]!] === NODE.class || nodeKind === 'object') {
      if (core.test(name)) continue
      return !library.test(`${name}.`) && !library.test(name) && !packages.test(name)
    }
  }
  return false
}
