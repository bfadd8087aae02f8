import { ReadError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import { AllocationProfileBuilder, type Frame } from '../model/allocation-profile-builder.ts'
import type { MemorySeries } from '../model/memory-series.ts'
import { addNotice, type Source } from '../model/source.ts'
import { withoutAllocators } from './allocator-frames.ts'
import type { ByteSource, Reader } from './reader.ts'
import { headText, lineBatches } from './text-lines.ts'
import { valgrindFrame } from './valgrind-frames.ts'

const FORMAT = 'massif'
const NODE = /^( *)n(\d+): (\d+) (.*)$/
const BELOW = /^in \d+ places?, /
const FIELD = /^([a-z_A-Z]+)=(.*)$/

interface TreeNode {
  depth: number
  bytes: number
  label: string
  /** What the children hold. */
  childBytes: number
}

interface Snapshot {
  time: number
  heapBytes: number
  extraBytes: number
  stackBytes: number
  tree: TreeNode[] | undefined
  isPeak: boolean
}

/**
 * Massif's output file (`valgrind --tool=massif`, and heaptrack_print -M; manual chapter 9): snapshots of the heap
 * over time, some with the tree of who allocated it.
 *
 * `liveBytes` is the tree of the last detailed snapshot, `peakBytes` that of the peak one. The time line becomes
 * `series` when the time unit is a time (`--time-unit=ms`; heaptrack: seconds); instructions and bytes are no time. Bytes are what
 * the program asked for; the allocator's overhead (`mem_heap_extra_B`) is in the series only. Branches below massif's
 * threshold are summed up by massif itself and stand under a frame that says so. No counts of blocks exist.
 */
export const massif: Reader<'allocation-profile'> = {
  format: FORMAT,
  title: 'Valgrind massif',
  makes: 'allocation-profile',
  recognize(head) {
    const text = headText(head)
    if (/^desc: /m.test(text) && /^time_unit: /m.test(text)) return 'certain'
    return /^#-+\r?\nsnapshot=\d+\r?\n#-+\r?\ntime=/m.test(text) ? 'certain' : 'no'
  },
  async read(input, run) {
    const { fields, snapshots, cutAt } = await readSnapshots(input, run)
    const source: Source = { name: input.name, format: FORMAT, runtime: 'native', idsAreStable: false, notices: [] }
    if (cutAt !== undefined) addNotice(source, { code: 'cut', firstAt: `line ${cutAt}`, message: 'the file ends inside a snapshot; that snapshot was left out' })
    const builder = new AllocationProfileBuilder(source)
    const last = snapshots.findLast((each) => each.tree !== undefined)
    const marked = snapshots.findLast((each) => each.isPeak && each.tree !== undefined)
    if (last === undefined) {
      builder.add(0, { liveBytes: snapshots.at(-1)!.heapBytes })
      addNotice(source, { code: 'no-tree', message: 'no snapshot has a tree of allocations; run massif with --detailed-freq=1' })
    } else {
      addTree(builder, last.tree!, 'liveBytes', source)
      if (last.tree!.every(({ label, depth }) => depth === 0 || BELOW.test(label))) {
        addNotice(source, { code: 'no-stacks', message: 'the tree of allocations holds no stacks: heaptrack_print leaves them out (1.4 does); read the heaptrack file itself, or its text: heaptrack_print FILE' })
      }
      addTree(builder, (marked ?? highest(snapshots) ?? last).tree!, 'peakBytes', source)
      const end = snapshots.at(-1)!
      if (end !== last) addNotice(source, { code: 'later-snapshots', message: `the last snapshot with stacks holds ${last.heapBytes} bytes, the last one of all ${end.heapBytes}` })
    }
    return builder.build({ unit: 'blocks', series: seriesOf(source, fields, snapshots) })
  },
}

async function readSnapshots(input: ByteSource, run: Run): Promise<{ fields: Map<string, string>; snapshots: Snapshot[]; cutAt: number | undefined }> {
  const fields = new Map<string, string>()
  const snapshots: Snapshot[] = []
  let current: Snapshot | undefined
  let open: { node: TreeNode; left: number }[] = []
  let lineNumber = 0
  let treeIsWhole = true
  const refuse = (expected: string, found: string): never => {
    throw new ReadError({ file: input.name, format: FORMAT, position: { kind: 'line', line: Math.max(1, lineNumber) }, expected, found: found.slice(0, 80) })
  }
  for await (const { firstLine, lines } of lineBatches(input, FORMAT, run)) {
    for (const [index, line] of lines.entries()) {
      lineNumber = firstLine + index
      if (line.startsWith('#') || line === '') continue
      const node = NODE.exec(line)
      if (node !== null) {
        if (current === undefined) return refuse('a snapshot before its tree', line)
        const tree = (current.tree ??= [])
        const depth = node[1]!.length
        while (open.length > 0 && open.at(-1)!.left === 0) open.pop()
        if (depth !== open.length || (depth === 0 && tree.length > 0)) return refuse(open.length === 0 && tree.length > 0 ? 'the end of the tree' : `a node ${open.length} deep`, line)
        const bytes = whole(node[3]!) ?? refuse('a number of bytes', node[3]!)
        const added = { depth, bytes, label: node[4]!, childBytes: 0 }
        const parent = open.at(-1)
        if (parent !== undefined) {
          parent.left--
          parent.node.childBytes += bytes
        }
        tree.push(added)
        open.push({ node: added, left: whole(node[2]!) ?? refuse('a number of children', node[2]!) })
        continue
      }
      const field = FIELD.exec(line)
      if (field !== null) {
        const [, name, value] = field
        if (name === 'snapshot') {
          current = { time: 0, heapBytes: 0, extraBytes: 0, stackBytes: 0, tree: undefined, isPeak: false }
          open = []
          treeIsWhole = false
          snapshots.push(current)
        } else if (current === undefined) return refuse('a snapshot', line)
        else if (name === 'heap_tree') {
          current.isPeak = value === 'peak'
          treeIsWhole = true
        } else if (name === 'time') current.time = decimal(value!) ?? refuse('a time', value!)
        else if (name === 'mem_heap_B') current.heapBytes = whole(value!) ?? refuse('a number of bytes', value!)
        else if (name === 'mem_heap_extra_B') current.extraBytes = whole(value!) ?? refuse('a number of bytes', value!)
        else if (name === 'mem_stacks_B') current.stackBytes = whole(value!) ?? refuse('a number of bytes', value!)
        continue
      }
      const head = /^(desc|cmd|time_unit): ?(.*)$/.exec(line)
      // heaptrack_print writes these after the snapshots
      if (head !== null) fields.set(head[1]!, head[2]!)
      else return refuse('a line of massif', JSON.stringify(line))
    }
  }
  // heaptrack_print promises children that it does not write, so a tree in the middle may end early; at the end it was cut
  const promised = open.some(({ left }) => left > 0) && (current?.tree?.length ?? 0) > 1
  const isCut = current !== undefined && (!treeIsWhole || promised)
  if (isCut) snapshots.pop()
  if (snapshots.length === 0) refuse('at least one snapshot', 'the end of the file')
  return { fields, snapshots, cutAt: isCut ? lineNumber : undefined }
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

function seriesOf(source: Source, fields: Map<string, string>, snapshots: readonly Snapshot[]): MemorySeries | undefined {
  const unitMs = { ms: 1, s: 1000 }[fields.get('time_unit') ?? '']
  if (unitMs === undefined) return undefined
  const ordered = snapshots.toSorted((a, b) => a.time - b.time)
  return {
    source,
    process: { command: fields.get('cmd'), runtime: 'native' },
    sampleCount: ordered.length,
    timeMs: Float64Array.from(ordered, ({ time }) => time * unitMs),
    metrics: new Map([
      ['heap-used', Float64Array.from(ordered, ({ heapBytes }) => heapBytes)],
      ['heap-committed', Float64Array.from(ordered, ({ heapBytes, extraBytes }) => heapBytes + extraBytes)],
    ]),
  }
}

function whole(text: string): number | undefined {
  const value = Number(text)
  return /^\d+$/.test(text) && Number.isSafeInteger(value) ? value : undefined
}

function decimal(text: string): number | undefined {
  return /^\d+(?:\.\d+)?(?:e[+-]?\d+)?$/.test(text) && Number.isFinite(Number(text)) ? Number(text) : undefined
}
