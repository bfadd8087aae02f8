import type { Run } from '../../base/run.ts'
import type { Finding } from '../../model/finding.ts'
import { type HeapGraph, locationOf, NODE, ROOT } from '../../model/heap-graph.ts'
import { type GrowingClass, nameOfClass, ORIGIN, originOf } from '../diff/growing-classes.ts'
import { type AccumulationSuspect, findAccumulationSuspects } from '../heap/accumulation-suspects.ts'
import type { BestPaths } from '../heap/best-paths.ts'
import type { HeapIndex } from '../heap/heap-index.ts'
import { dominatedBy } from '../heap/stretches.ts'
import { recognize } from '../patterns/registry.ts'
import { vocabularyOf } from '../vocabulary/vocabulary-of.ts'
import { gatheringPoints } from './gathering-points.ts'
import { belongsToProgram, FEWEST_MEMBERS, heldAt, heldByLast } from './held-now.ts'
import { membersAt } from './members.ts'
import { describeSuspect, isWrongInAnyNumber, LEAST_SUBJECT_SHARE, nameAccumulation } from './name-accumulation.ts'

/** More are not a list to read. */
const MOST_FINDINGS = 5

/** The findings, and what keeps most: for the summary. */
export interface Accumulations {
  readonly findings: Finding[]
  readonly suspects: readonly AccumulationSuspect[]
}

/**
 * What a single snapshot shows of leaks: the places where more than a tenth of the heap comes together, each with the
 * way it is held, named after the pattern that it would be if it grew. Big is not leaking, so the verdict stays open;
 * only what is wrong in any number (`suspectFrom`: caches that keep every `self`, exceptions kept with their frames,
 * finalizers that do not run) is called a suspect. What the runtime gathers for itself is told without a pattern.
 */
export function accumulationFindings(index: HeapIndex, paths: BestPaths, run: Run): Accumulations {
  const { graph } = index
  const suspects = findAccumulationSuspects(graph, index.dominators(), (node) => index.classOf(node), run)
  const findings: Finding[] = []
  for (const suspect of suspects) {
    run.checkpoint()
    if (suspect.count > 1) findings.push(...describeGroup(index, paths, suspect))
    else for (const point of gatheringPoints(index, suspect.node)) findings.push(describePoint(index, paths, suspect, point))
  }
  // What the program gathers is told before what the runtime does.
  const ordered = findings.toSorted((a, b) => Number(a.pattern === 'accumulation') - Number(b.pattern === 'accumulation') || b.retainedBytes! - a.retainedBytes!)
  return { findings: ordered.slice(0, MOST_FINDINGS), suspects: suspects.filter((suspect) => !isRuntimes(graph, suspect)) }
}

function describePoint(index: HeapIndex, paths: BestPaths, suspect: AccumulationSuspect, point: number): Finding {
  const members = membersAt(index, point)
  const main = members.classes.find(({ origin, countRate }) => origin < ORIGIN.runtime && countRate >= LEAST_SUBJECT_SHARE * members.nodes.length)
  const held = members.nodes.length < FEWEST_MEMBERS ? undefined : heldAt(index, paths, { point, members, main })
  const isTold = held !== undefined && (main !== undefined || belongsToProgram(held) || isWrongInAnyNumber(recognize(held), held.entries))
  if (!isTold) return describeSuspect(index, paths, { ...suspect, accumulationPoint: point, retainedBytes: index.dominators().retainedBytes[point]!, share: index.dominators().retainedBytes[point]! / index.dominators().retainedBytes[ROOT]! })
  return nameAccumulation(index, held, { bytes: index.dominators().retainedBytes[point]!, main, classes: members.classes })
}

/** Objects of one class that only roots hold, or what most of them lead to: threads, callbacks of extensions. */
function describeGroup(index: HeapIndex, paths: BestPaths, suspect: AccumulationSuspect): Finding[] {
  const { graph } = index
  if (isRuntimes(graph, suspect)) {
    const main = commonBelow(index, suspect)
    if (main === undefined) return []
    const told = describeHeldByRoots(index, paths, { ...suspect, node: main.example }, main)
    return told === undefined ? [] : [told]
  }
  const { node, count, className, retainedBytes } = suspect
  const location = locationOf(graph, node)
  return [describeHeldByRoots(index, paths, suspect, { className, origin: originOf(graph, node, className, location), countRate: count, bytesRate: retainedBytes, example: node, location }) ?? describeSuspect(index, paths, suspect)]
}

function describeHeldByRoots(index: HeapIndex, paths: BestPaths, { node, retainedBytes }: AccumulationSuspect, own: GrowingClass): Finding | undefined {
  const held = heldByLast(index.graph, paths, { node, bytes: retainedBytes, own })
  if (held === undefined || own.countRate < FEWEST_MEMBERS) return undefined
  const pattern = recognize(held)
  const isTold = pattern.id !== 'growing-object' && (own.origin < ORIGIN.runtime || isWrongInAnyNumber(pattern, own.countRate))
  return isTold ? nameAccumulation(index, held, { bytes: retainedBytes, main: own, classes: [own] }) : undefined
}

/** Texts, dictionaries, arrays of numbers that hang on roots here and there: every program of these runtimes is full of them. */
function isRuntimes(graph: HeapGraph, { node, count, className }: AccumulationSuspect): boolean {
  return count > 1 && vocabularyOf(graph).originByName && !isThread(graph, node) && originOf(graph, node, className, undefined) === ORIGIN.builtin && !vocabularyOf(graph).finalizers.test(className)
}

function isThread(graph: HeapGraph, node: number): boolean {
  return graph.nodeKind[node] === NODE.thread
}

/** The program's class of which most of a group keep one directly. */
function commonBelow(index: HeapIndex, { className }: AccumulationSuspect): GrowingClass | undefined {
  const { graph } = index
  const tree = index.dominators()
  const counts = new Map<string, { count: number; bytes: number; example: number }>()
  let tops = 0
  for (const top of dominatedBy(tree, index.stretches(), ROOT)) {
    if (index.classOf(top) !== className) continue
    tops++
    for (const child of dominatedBy(tree, index.stretches(), top)) {
      const name = nameOfClass(graph, child)
      if (originOf(graph, child, name, undefined) > ORIGIN.package) continue
      const known = counts.get(name)
      counts.set(name, known === undefined ? { count: 1, bytes: tree.retainedBytes[child]!, example: child } : { ...known, count: known.count + 1, bytes: known.bytes + tree.retainedBytes[child]! })
    }
  }
  const [most] = [...counts].toSorted(([, a], [, b]) => b.count - a.count)
  if (most === undefined || most[1].count < Math.max(FEWEST_MEMBERS, LEAST_SUBJECT_SHARE * tops)) return undefined
  const [name, { count, bytes, example }] = most
  return { className: name, origin: ORIGIN.application, countRate: count, bytesRate: bytes, example }
}
