import type { Run } from '../../base/run.ts'
import type { AllocationProfile } from '../../model/allocation-profile.ts'
import type { Finding, Growth } from '../../model/finding.ts'
import { type HeapGraph, NODE } from '../../model/heap-graph.ts'
import { type BestPaths, findBestPaths } from '../heap/best-paths.ts'
import { tellApart } from '../heap/fingerprint.ts'
import { PREFERENCE } from '../heap/holder-preference.ts'
import { findGrowingPaths, type Rung, topmost } from './growing-paths.ts'
import { type Births, type Cause, findCauses } from './growth-causes.ts'
import { type CutStep, planCuts } from '../heap/smallest-cuts.ts'
import { cutOf, makeGrowthFinding } from './growth-finding.ts'
import { vocabularyOf } from '../vocabulary/vocabulary-of.ts'
import { findPassingNodes } from './passing-nodes.ts'
import { PathTree } from './path-tree.ts'
import { IdSample } from './same-process.ts'
import { bytesText } from '../../base/bytes-text.ts'

/** What a ladder of snapshots says. */
export interface GrowthResult {
  /** Biggest growth first. */
  findings: Finding[]
  /** What all reachable objects together gained per operation. */
  total: { bytes: number; count: number }
  /** In which order to cut the references of several findings, by their positions in `findings`; greedy. */
  cuts?: CutStep[] | undefined
  /** What grew and is no leak, in words. */
  notLeaks: string[]
  /** The graphs are of one process: objects were compared by id, not only by class and path. */
  isSameProcess: boolean
}

export interface GrowthContext {
  per: Growth['per']
  /** A sampling profile of the ladder: it names the lines that allocate. */
  allocations?: AllocationProfile | undefined
  /** 10 when absent. */
  mostFindings?: number | undefined
  /** A cause with a smaller share of what the heap gains is left out; 0.005 when absent. */
  leastShare?: number | undefined
}

/** More causes are not a list to read. */
const MOST_FINDINGS = 10
/** A cause below both of these is left out: it could not be told from noise, nor would its repair be noticed. */
const LEAST_BYTES_RATE = 8
const LEAST_SHARE = 0.005
/** Growth of the runtime's own classes alone must be so many times as much. */
const RUNTIMES_SHARE = 10

/** A plan of cuts walks the graph some twenty times: not for many causes, nor for big graphs. */
const MOST_PLANNED = 4
const MOST_NODES_PLANNED = 2e6

/**
 * Finds what grows over a ladder of two or more snapshots of a program that repeats an operation.
 *
 * Method: objects are counted per kind of path (`PathTree`); a path counts as growing when its objects become more at
 *   every step, in proportion to the operations done; the topmost growing path names the holder. Where ids are stable
 *   the holder must be older than the ladder, and the objects shown were born on it and have survived; of equal
 *   holders the one is counted that the neighbouring snapshots have too, or a copy made now and then would hide growth.
 *   For that a graph waits until the next one is there.
 * Cost: per graph one breadth-first search and one pass; only the latest graph is kept, of the others only numbers
 *   per path. While a graph is added, two are alive.
 */
export class GrowthTracker {
  readonly #tree = new PathTree()
  readonly #rungs: Rung[] = []
  #waiting: { graph: HeapGraph; operations: number } | undefined
  #latest: { graph: HeapGraph; paths: BestPaths; pathOf: Uint32Array } | undefined
  #sample: IdSample | undefined
  #isSameProcess = true

  /** `operations`: how many had been done when this graph was taken; it must rise. */
  add(graph: HeapGraph, at: { operations: number }, run: Run): void {
    if (!graph.source.idsAreStable || this.#sample?.agreesWith(graph) === false) this.#isSameProcess = false
    this.#sample = new IdSample(graph)
    this.#place(graph, run)
    this.#latest = undefined // or three graphs would be alive
    this.#waiting = { graph, operations: at.operations }
  }

  /** Counts the graph that waits; `next` is the one after it. */
  #place(next: HeapGraph | undefined, run: Run): void {
    if (this.#waiting === undefined) return
    const { graph, operations } = this.#waiting
    this.#waiting = undefined
    run.progress({ step: 'following references', done: 0 })
    const lastIdBefore = this.#rungs.at(-1)?.lastId ?? Number.POSITIVE_INFINITY
    const paths = findBestPaths(graph, run, this.#isSameProcess ? findPassingNodes(graph, { lastIdBefore, next }) : undefined)
    const pathOf = this.#tree.place(graph, paths, run)
    this.#rungs.push({ operations, counts: this.#tree.count(graph, pathOf, paths), lastId: lastIdOf(graph) })
    this.#latest = { graph, paths, pathOf }
  }

  explain(context: GrowthContext, run: Run): GrowthResult {
    this.#place(undefined, run)
    const rungs = this.#rungs
    const latest = this.#latest
    const isSameProcess = this.#isSameProcess
    const [first, last] = [rungs[0], rungs.at(-1)]
    if (first === undefined || last === undefined || latest === undefined || rungs.length < 2) {
      return { findings: [], total: { bytes: 0, count: 0 }, notLeaks: [], isSameProcess }
    }
    run.progress({ step: 'comparing', done: 0 })
    const { graph, paths, pathOf } = latest
    const tree = this.#tree
    const operations = last.operations - first.operations
    // Only V8 numbers its objects one after the other; addresses tell nothing of age.
    const idsTellAge = isSameProcess && vocabularyOf(graph).runtime === 'v8'
    const births: Births = {
      beforeFirst: idsTellAge ? first.lastId : Number.POSITIVE_INFINITY,
      // Between two snapshots nothing can be born and be seen to survive: then all that was born counts.
      beforeLast: idsTellAge && rungs.length > 2 ? rungs.at(-2)!.lastId : Number.POSITIVE_INFINITY,
    }
    const gained = (path: number): number => ((last.counts.subtreeBytes[path] ?? 0) - (first.counts.subtreeBytes[path] ?? 0)) / operations
    const underRuntime = gained(PREFERENCE.runtime)
    const total = {
      bytes: gained(0) - underRuntime - gained(PREFERENCE.debugger),
      count: (sum(last.counts.count) - sum(first.counts.count)) / operations,
    }
    const vocabulary = vocabularyOf(graph)
    const born = idsTellAge ? countBorn(graph, { paths: tree.size, pathOf, lastIdBefore: first.lastId }) : undefined
    const tops = topmost(tree, findGrowingPaths(tree, rungs, born), rungs, { alsoUnder: vocabulary.alsoGrowsUnder })
    const leastShare = context.leastShare ?? LEAST_SHARE
    const causes = findCauses(graph, paths, pathOf, tops, births).filter((cause) => isWorthTelling(cause, total.bytes, leastShare))
    const findings: Finding[] = []
    const told: Cause[] = []
    for (const cause of causes.slice(0, context.mostFindings ?? MOST_FINDINGS)) {
      run.checkpoint()
      const finding = makeGrowthFinding({ graph, paths, pathOf, tree, rungs, births, cause, total, per: context.per, allocations: context.allocations }, run)
      const isRuntimes = vocabulary.originByName && (vocabulary.core.test(finding.subject.className) || vocabulary.library.test(finding.subject.className))
      // Of the runtime's own classes alone: what the interpreter itself keeps is not the program's, and a runtime that
      // still warms up is told from a leak only by its size.
      if (isRuntimes && (paths.preference[cause.example] === PREFERENCE.runtime || cause.bytesRate < RUNTIMES_SHARE * leastShare * total.bytes)) continue
      findings.push(finding)
      told.push(cause)
    }
    const planned = told.slice(0, MOST_PLANNED).map(({ growths }) => cutOf({ graph, paths, pathOf }, new Set(growths.map(({ path }) => path))))
    const cuts = planned.length < 2 || graph.nodeCount > MOST_NODES_PLANNED ? undefined : planCuts(graph, paths.order, planned, run)
    return { findings: tellApart(findings), total, cuts, notLeaks: this.#notLeaks(operations, context.per), isSameProcess }
  }

  #notLeaks(operations: number, per: string): string[] {
    const [first, last] = [this.#rungs[0]!, this.#rungs.at(-1)!]
    const said: string[] = []
    for (const [level, what] of [
      [PREFERENCE.runtime, 'compiled code, shapes and the runtime’s own tables'],
      [PREFERENCE.stack, 'running frames'],
      [PREFERENCE.debugger, 'the inspector’s own handles'],
    ] as const) {
      const bytes = (last.counts.subtreeBytes[level] ?? 0) - (first.counts.subtreeBytes[level] ?? 0)
      if (bytes < 1000) continue
      said.push(`${what} +${bytesText(bytes)} (${bytesText(bytes / operations)} per ${per})`)
    }
    return said
  }
}

/** Objects by path that were made after the first graph. Native nodes are numbered by other rules, and may be of any age: they count. */
function countBorn(graph: HeapGraph, { paths, pathOf, lastIdBefore }: { paths: number; pathOf: Uint32Array; lastIdBefore: number }): Float64Array {
  const { nodeCount, nodeId, nodeKind } = graph
  const born = new Float64Array(paths)
  for (let node = 1; node < nodeCount; node++) {
    if (nodeId[node]! > lastIdBefore || nodeKind[node] === NODE.native || nodeKind[node] === NODE.synthetic) born[pathOf[node]!]!++
  }
  return born
}

function isWorthTelling({ bytesRate, growths }: Cause, totalRate: number, leastShare: number): boolean {
  // That one object gets bigger is weaker evidence than that there are more: tables grow in leaps.
  const weight = growths[0]!.by === 'bytes' ? 10 : 1
  return bytesRate >= weight * LEAST_BYTES_RATE && bytesRate >= weight * leastShare * totalRate
}

/** The highest id of the collector's own objects; native nodes are numbered by other rules. */
function lastIdOf(graph: HeapGraph): number {
  let last = 0
  for (let node = 1; node < graph.nodeCount; node++) {
    if (graph.nodeKind[node] !== NODE.native && graph.nodeKind[node] !== NODE.synthetic && graph.nodeId[node]! > last) last = graph.nodeId[node]!
  }
  return last
}

function sum(column: Float64Array): number {
  let total = 0
  for (const value of column) total += value
  return total
}
