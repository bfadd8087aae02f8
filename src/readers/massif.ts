import { ReadError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import { addNotice, type Source } from '../model/source.ts'
import { profileOfSnapshots, type Snapshot, type TreeNode } from './massif-snapshots.ts'
import type { ByteSource, Reader } from './reader.ts'
import { headText, lineBatches } from './text-lines.ts'

const FORMAT = 'massif'
const NODE = /^( *)n(\d+): (\d+) (.*)$/
const FIELD = /^([a-z_A-Z]+)=(.*)$/

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
    return profileOfSnapshots(source, { timeUnit: fields.get('time_unit'), command: fields.get('cmd') }, snapshots)
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

function whole(text: string): number | undefined {
  const value = Number(text)
  return /^\d+$/.test(text) && Number.isSafeInteger(value) ? value : undefined
}

function decimal(text: string): number | undefined {
  return /^\d+(?:\.\d+)?(?:e[+-]?\d+)?$/.test(text) && Number.isFinite(Number(text)) ? Number(text) : undefined
}
