import type { Run } from '../../base/run.ts'
import { type HeapGraph, NODE, ROOT } from '../../model/heap-graph.ts'
import { leastStackBytes } from '../goroutines/goroutine-cost.ts'
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
  /** What the frames of their stacks fill, exactly; where the dump tells. */
  stackUsedBytes?: number | undefined
  /** What their stacks take at least: each the smallest size that holds its frames. */
  stackAtLeastBytes?: number | undefined
}

/** The stacks of all goroutines of a heap dump. */
export interface StackTotals {
  goroutines: number
  usedBytes: number
  atLeastBytes: number
  /** What the runtime says that stacks take, those that wait to be used again included; NaN where it does not. */
  inUseBytes: number
}

const MAX_FRAMES = 32
const MAX_GROUPS = 12

/**
 * The threads of a heap by their stacks, those that keep most first; the runtime's own are left out. Empty where the
 * graph has none with frames. It says what goroutines that wait for ever cost.
 * What sets them apart from each other is what they keep, heap and stack together.
 * Cost: one pass over the nodes, and a walk over the graph for each of the largest groups.
 * @throws Cancelled
 */
export function threadGroups(index: RetainedInputs, run: Run): ThreadGroup[] {
  const { graph } = index
  const usedOf = new Map<number, number>()
  for (const [position, thread] of (graph.stacks?.thread ?? []).entries()) usedOf.set(thread, graph.stacks!.usedBytes[position]!)
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
    .map(({ state, frames, nodes }) => ({ count: nodes.length, state, frames, retainedBytes: retainedOfSet(index, nodes, run).bytes, ...stacksOf(nodes, usedOf) }))
    .toSorted((a, b) => b.retainedBytes + (b.stackAtLeastBytes ?? 0) - a.retainedBytes - (a.stackAtLeastBytes ?? 0))
}

/** What all stacks of a heap dump take; undefined where it does not tell. Cost: one pass over the threads. */
export function stackTotals({ stacks }: HeapGraph): StackTotals | undefined {
  if (stacks === undefined) return undefined
  const { usedBytes, inUseBytes = Number.NaN } = stacks
  return {
    goroutines: usedBytes.length,
    usedBytes: usedBytes.reduce((sum, bytes) => sum + bytes, 0),
    atLeastBytes: usedBytes.reduce((sum, bytes) => sum + leastStackBytes(bytes), 0),
    inUseBytes,
  }
}

function stacksOf(nodes: readonly number[], usedOf: ReadonlyMap<number, number>): Pick<ThreadGroup, 'stackUsedBytes' | 'stackAtLeastBytes'> {
  const used = nodes.flatMap((node) => usedOf.get(node) ?? [])
  if (used.length < nodes.length) return {}
  return { stackUsedBytes: used.reduce((sum, bytes) => sum + bytes, 0), stackAtLeastBytes: used.reduce((sum, bytes) => sum + leastStackBytes(bytes), 0) }
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
