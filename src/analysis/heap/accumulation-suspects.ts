import { release } from '../../base/release.ts'
import type { Run } from '../../base/run.ts'
import type { DominatorTree } from '../../model/dominator-tree.ts'
import { type HeapGraph, NODE, NONE, ROOT } from '../../model/heap-graph.ts'

/** Something that keeps a large share of the heap. Big is not leaking: one snapshot cannot tell. */
export interface AccumulationSuspect {
  /** The topmost object, or of a group one that stands for it. */
  readonly node: number
  /** More than one: a class whose instances together are big. */
  readonly count: number
  readonly className: string
  readonly retainedBytes: number
  /** Where the bytes come together: below it they are spread over many. */
  readonly accumulationPoint: number
  /** Of all reachable bytes. */
  readonly share: number
}

/** MAT's report names what keeps more than a tenth of the heap. */
const LEAST_SHARE = 0.1
/** Going down, a child that keeps less than this of its holder's bytes is a drop: the holder is the point. */
const BIG_DROP = 0.7
const DEEPEST = 1000

/**
 * Method: Eclipse MAT's leak suspects (`FindLeaksQuery`): objects at the top of the dominator tree that retain more
 *   than 10 % of the heap, then classes whose remaining top objects do together; for each the accumulation point, by
 *   going down into the biggest child until it keeps less than 0.7 of its holder. Groups of GC roots are looked
 *   through. A group's point is its biggest member's.
 * Cost: O(nodes).
 */
export function findAccumulationSuspects(graph: HeapGraph, tree: DominatorTree, classOf: (node: number) => string, run: Run): AccumulationSuspect[] {
  const { immediateDominator, retainedBytes, order } = tree
  const total = retainedBytes[ROOT]!
  if (!(total > 0)) return [] // a picture without sizes: no share of nothing
  const isRootGroup = rootGroupsOf(graph)
  const biggestChild = new Uint32Array(graph.nodeCount).fill(NONE)
  const singles: number[] = []
  const groups = new Map<string, { count: number; bytes: number; biggest: number }>()
  for (let at = 1; at < order.length; at++) {
    if ((at & 0xffff) === 0) run.checkpoint()
    const node = order[at]!
    const above = immediateDominator[node]!
    if (above === NONE) continue
    const bytes = retainedBytes[node]!
    const biggest = biggestChild[above]!
    if (biggest === NONE || bytes > retainedBytes[biggest]!) biggestChild[above] = node
    if (!isRootGroup(above) || isRootGroup(node) || !isProgram(graph, node)) continue
    if (bytes >= LEAST_SHARE * total) {
      singles.push(node)
      continue
    }
    const className = classOf(node)
    const group = groups.get(className)
    if (group === undefined) groups.set(className, { count: 1, bytes, biggest: node })
    else {
      group.count++
      group.bytes += bytes
      if (bytes > retainedBytes[group.biggest]!) group.biggest = node
    }
  }
  const suspects: AccumulationSuspect[] = singles.map((node) => ({ node, count: 1, className: classOf(node), retainedBytes: retainedBytes[node]!, accumulationPoint: pointBelow(node), share: retainedBytes[node]! / total }))
  for (const [className, { count, bytes, biggest }] of groups) {
    if (count > 1 && bytes >= LEAST_SHARE * total && !className.startsWith('(')) {
      suspects.push({ node: biggest, count, className, retainedBytes: bytes, accumulationPoint: pointBelow(biggest), share: bytes / total })
    }
  }
  release(biggestChild)
  return suspects.toSorted((a, b) => b.retainedBytes - a.retainedBytes)

  function pointBelow(top: number): number {
    let node = top
    for (let depth = 0; depth < DEEPEST; depth++) {
      const child = biggestChild[node]!
      if (child === NONE || retainedBytes[child]! < BIG_DROP * retainedBytes[node]!) break
      node = child
    }
    return node
  }
}

/** The global object holds the program as the roots do: to name it says nothing. */
const GLOBAL = /^(global|Window|DedicatedWorkerGlobalScope)\b/

/** Whether a node is a group of roots, or a global object: each name is looked at once. */
function rootGroupsOf({ nodeKind, nodeName, strings }: HeapGraph): (node: number) => boolean {
  const known = new Int8Array(strings.count).fill(-1)
  const isGlobal = (name: number): boolean => {
    if (known[name]! < 0) known[name] = GLOBAL.test(strings.get(name)) ? 1 : 0
    return known[name] === 1
  }
  return (node) => node === ROOT || nodeKind[node] === NODE.synthetic || (nodeKind[node] === NODE.object && isGlobal(nodeName[node]!))
}

/** Code, shapes and the runtime's tables are big in every program. */
function isProgram(graph: HeapGraph, node: number): boolean {
  const kind = graph.nodeKind[node]!
  return kind !== NODE.code && kind !== NODE.shape && kind !== NODE.hidden
}
