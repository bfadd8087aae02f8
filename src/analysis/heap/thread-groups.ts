import type { Run } from '../../base/run.ts'
import { type HeapGraph, NODE, ROOT } from '../../model/heap-graph.ts'
import { type RetainedInputs, retainedOfSet } from './retained-of-set.ts'

/** Threads or goroutines that stand at the same place in the same state, and what goes when they go. */
export interface ThreadGroup {
  count: number
  /** `[chan receive]`, where the dump tells one. */
  state: string
  /** The functions of their stack, innermost first, from the first that is not the runtime's. */
  frames: readonly string[]
  /** What nobody but these threads keeps: their variables and all below them. */
  retainedBytes: number
}

const MAX_FRAMES = 32
const MAX_GROUPS = 12

/**
 * The threads of a heap by their stacks, those that keep most first; the runtime's own are left out. Empty where the
 * graph has none with frames. It says what goroutines that wait for ever cost.
 * Cost: one pass over the nodes, and a walk over the graph for each of the largest groups.
 * @throws Cancelled
 */
export function threadGroups(index: RetainedInputs, run: Run): ThreadGroup[] {
  const { graph } = index
  const groups = new Map<string, { state: string; frames: string[]; nodes: number[] }>()
  for (let node = ROOT + 1; node < graph.nodeCount; node++) {
    if (graph.nodeKind[node] !== NODE.thread) continue
    const frames = framesOf(graph, node)
    if (frames.length === 0) continue
    const state = /\[[^\]]*\]$/.exec(graph.strings.get(graph.nodeName[node]!))?.[0] ?? ''
    const key = [state, ...frames].join('\n')
    const group = groups.get(key) ?? { state, frames, nodes: [] }
    group.nodes.push(node)
    groups.set(key, group)
  }
  return [...groups.values()]
    .toSorted((a, b) => b.nodes.length - a.nodes.length)
    .slice(0, MAX_GROUPS)
    .map(({ state, frames, nodes }) => ({ count: nodes.length, state, frames, retainedBytes: retainedOfSet(index, nodes, run).bytes }))
    .toSorted((a, b) => b.retainedBytes - a.retainedBytes)
}

function framesOf(graph: HeapGraph, thread: number): string[] {
  const frames: string[] = []
  for (let edge = graph.firstEdge[thread]!; edge < graph.firstEdge[thread + 1]! && frames.length < MAX_FRAMES; edge++) {
    const to = graph.edgeTarget[edge]!
    if (graph.nodeKind[to] === NODE.frame) frames.push(graph.strings.get(graph.nodeName[to]!))
  }
  const own = frames.findIndex((name) => !name.startsWith('runtime.'))
  return own < 0 ? [] : frames.slice(own)
}
