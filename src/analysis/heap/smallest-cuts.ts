import type { Run } from '../../base/run.ts'
import { type HeapGraph, NONE, ROOT } from '../../model/heap-graph.ts'
import type { BestPaths } from './best-paths.ts'
import { aliveWithout, freedByCut, type IsCut } from './freed-by-cut.ts'

/** Another holder of the same objects, and what goes when it lets go as well. */
export interface CoHolder {
  /** The object that holds them, its tables counted with it. */
  readonly holder: number
  /** How many of the objects it holds. */
  readonly members: number
  readonly freedTogether: { bytes: number; count: number }
}

/** A holder of fewer than this share of the objects is not why they stay. */
const LEAST_SHARE = 0.5

/**
 * Who else holds objects that a cut does not free: two references to the same things free nothing alone and
 * everything together.
 *
 * Method: what is alive when nothing leads to the members at all is alive by itself; of that, whoever refers to
 *   members by a reference that is not cut is another holder. The one with most members is cut as well.
 * Cost: two searches over the graph and one pass over its edges.
 */
export function findCoHolder(graph: HeapGraph, paths: BestPaths, { isMember, isCut, isInside }: { isMember: (node: number) => boolean; isCut: IsCut; isInside: (node: number) => boolean }, run: Run): CoHolder | undefined {
  const { firstEdge, edgeTarget, edgeIsStrong, nodeCount } = graph
  const isAlive = aliveWithout(graph, (edge) => isMember(edgeTarget[edge]!), run)
  const ownerOf = (node: number): number => {
    let at = node
    while (at !== ROOT && at !== NONE && isInside(at)) at = paths.holder[at]!
    return at
  }
  const held = new Map<number, number>()
  let members = 0
  for (const node of paths.order) if (isMember(node)) members++
  for (let node = 1; node < nodeCount; node++) {
    if ((node & 0xffff) === 0) run.checkpoint()
    if (isAlive[node] !== 1) continue
    let count = 0
    for (let edge = firstEdge[node]!, end = firstEdge[node + 1]!; edge < end; edge++) {
      if (edgeIsStrong.has(edge) && isMember(edgeTarget[edge]!) && !isCut(edge, node)) count++
    }
    if (count === 0) continue
    const owner = ownerOf(node)
    // A table and what lies behind it say the same twice.
    held.set(owner, Math.max(held.get(owner) ?? 0, count))
  }
  const [most] = [...held].toSorted((a, b) => b[1] - a[1])
  if (most === undefined || most[1] < LEAST_SHARE * members) return undefined
  const [holder, count] = most
  const freedTogether = freedByCut(graph, paths.order, (edge, node) => isCut(edge, node) || (isMember(edgeTarget[edge]!) && isAlive[node] === 1 && ownerOf(node) === holder), run)
  return { holder, members: count, freedTogether }
}

/** One step of a plan: what to cut next, and what is free then. */
export interface CutStep {
  /** Positions in the list of cuts; two where neither frees much without the other. */
  readonly cuts: readonly number[]
  readonly freedBytes: number
  /** With all steps before. */
  readonly inAllBytes: number
}

/** Two that free so much more together than one after the other belong together. */
const TOGETHER = 1.5
/** The step that frees less than this share of all is not worth one. */
const LEAST_STEP = 0.01

/**
 * In which order to cut, so that each step frees most with those before.
 *
 * Method: greedy over exact sizes: each step takes the cut, or the pair, that frees most per cut. Greedy is no proof of
 *   the best set: what holds things together with two others shows only as a pair.
 * Cost: with n cuts about n³/2 searches over the graph; meant for the few findings of a report.
 */
export function planCuts(graph: HeapGraph, reachable: Uint32Array, cuts: readonly IsCut[], run: Run): CutStep[] {
  const freed = (chosen: readonly number[]): number => freedByCut(graph, reachable, (edge, holder) => chosen.some((each) => cuts[each]!(edge, holder)), run).bytes
  const all = freed([...cuts.keys()])
  const steps: CutStep[] = []
  const chosen: number[] = []
  let soFar = 0
  while (chosen.length < cuts.length) {
    const open = [...cuts.keys()].filter((each) => !chosen.includes(each))
    const gains = new Map(open.map((each) => [each, freed([...chosen, each]) - soFar]))
    let best = { cuts: [open[0]!], gain: gains.get(open[0]!)! }
    for (const each of open) if (gains.get(each)! > best.gain) best = { cuts: [each], gain: gains.get(each)! }
    for (const [at, a] of open.entries()) {
      for (const b of open.slice(at + 1)) {
        const gain = freed([...chosen, a, b]) - soFar
        if (gain > TOGETHER * (gains.get(a)! + gains.get(b)!) && gain / 2 > best.gain / best.cuts.length) best = { cuts: [a, b], gain }
      }
    }
    if (best.gain <= 0 || best.gain < LEAST_STEP * all) break
    chosen.push(...best.cuts)
    soFar += best.gain
    steps.push({ cuts: best.cuts, freedBytes: best.gain, inAllBytes: soFar })
  }
  return steps
}
