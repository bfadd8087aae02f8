import { AllocationProfileBuilder, type Frame } from '../model/allocation-profile-builder.ts'
import type { AllocationProfile } from '../model/allocation-profile.ts'
import type { MemorySeries } from '../model/memory-series.ts'
import { addNotice, type Source } from '../model/source.ts'
import { withoutAllocators } from './allocator-frames.ts'
import { valgrindFrame } from './valgrind-frames.ts'

/** One line of a tree, parents before their children. */
export interface TreeNode {
  depth: number
  bytes: number
  label: string
  /** What the children hold. */
  childBytes: number
}

export interface Snapshot {
  time: number
  heapBytes: number
  extraBytes: number
  stackBytes: number
  tree: TreeNode[] | undefined
  isPeak: boolean
}

export interface Recording {
  timeUnit: string | undefined
  command: string | undefined
}

const BELOW = /^in \d+\+? places?, /

/** The profile of massif's snapshots, as its own file or ms_print tells them: live is the last tree, peak the one marked so. */
export function profileOfSnapshots(source: Source, recording: Recording, snapshots: readonly Snapshot[]): AllocationProfile {
  const builder = new AllocationProfileBuilder(source)
  const end = snapshots.at(-1)!
  const last = snapshots.findLast((each) => each.tree !== undefined)
  const marked = snapshots.findLast((each) => each.isPeak && each.tree !== undefined)
  if (last === undefined) {
    builder.add(0, { liveBytes: end.heapBytes })
    addNotice(source, { code: 'no-tree', message: 'no snapshot has a tree of allocations; run massif with --detailed-freq=1' })
  } else {
    addTree(builder, last.tree!, 'liveBytes', source)
    if (last.tree!.every(({ label, depth }) => depth === 0 || BELOW.test(label))) {
      addNotice(source, { code: 'no-stacks', message: 'the tree of allocations holds no stacks: heaptrack_print leaves them out (1.4 does); read the heaptrack file itself, or its text: heaptrack_print FILE' })
    }
    addTree(builder, (marked ?? highest(snapshots) ?? last).tree!, 'peakBytes', source)
    if (end !== last) addNotice(source, { code: 'later-snapshots', message: `the last snapshot with stacks holds ${last.heapBytes} bytes, the last one of all ${end.heapBytes}` })
  }
  return builder.build({ unit: 'blocks', series: seriesOf(source, recording, snapshots) })
}

function addTree(builder: AllocationProfileBuilder, tree: readonly TreeNode[], column: 'liveBytes' | 'peakBytes', source: Source): void {
  const stacks: Frame[][] = [[]]
  // massif's tree is upside down: the root's children allocated, their children called them
  for (const { depth, bytes, label, childBytes } of tree) {
    const stack = depth === 0 ? [] : [frameOf(label), ...stacks[depth - 1]!]
    stacks[depth] = stack
    const own = bytes - childBytes
    if (depth === 0 && own > 0) {
      builder.add(builder.stack([{ functionName: tree.length === 1 || own === bytes ? '(all of the heap: no stacks in this file)' : '(not in the tree)' }]), { [column]: own })
      continue
    }
    if (own < 0) addNotice(source, { code: 'children-larger', message: 'nodes whose children hold more bytes than they do' })
    if (own > 0) builder.add(builder.stack(withoutAllocators(stack.toReversed()).toReversed()), { [column]: own })
    else if (depth === 0) builder.add(0, { [column]: 0 })
  }
}

function frameOf(label: string): Frame {
  if (BELOW.test(label)) return { functionName: "(places below massif's threshold)" }
  return valgrindFrame(label)
}

function highest(snapshots: readonly Snapshot[]): Snapshot | undefined {
  let best: Snapshot | undefined
  for (const each of snapshots) if (each.tree !== undefined && (best === undefined || each.heapBytes > best.heapBytes)) best = each
  return best
}

function seriesOf(source: Source, { timeUnit, command }: Recording, snapshots: readonly Snapshot[]): MemorySeries | undefined {
  const unitMs = { ms: 1, s: 1000 }[timeUnit ?? '']
  if (unitMs === undefined) return undefined
  const ordered = snapshots.toSorted((a, b) => a.time - b.time)
  return {
    source,
    process: { command, runtime: 'native' },
    sampleCount: ordered.length,
    timeMs: Float64Array.from(ordered, ({ time }) => time * unitMs),
    metrics: new Map([
      ['heap-used', Float64Array.from(ordered, ({ heapBytes }) => heapBytes)],
      ['heap-committed', Float64Array.from(ordered, ({ heapBytes, extraBytes }) => heapBytes + extraBytes)],
    ]),
  }
}
