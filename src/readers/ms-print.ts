import { ReadError } from '../base/errors.ts'
import { addNotice, type Source } from '../model/source.ts'
import { profileOfSnapshots, type Snapshot } from './massif-snapshots.ts'
import { commaNumber } from './memcheck-report.ts'
import type { Reader } from './reader.ts'
import { headText, lineBatches } from './text-lines.ts'

const FORMAT = 'ms-print'
const ARGUMENTS = /^ms_print arguments: /m
const ROW = /^ *(\d+) +([\d,]+) +([\d,]+) +([\d,]+) +([\d,]+) +([\d,]+)$/
const ROOT = /^\d+\.\d+% \(([\d,]+)B\) (.*)$/
const NODE = /^((?:\| |  )*)->\d+\.\d+% \(([\d,]+)B\) (.*)$/
const COLUMNS = /^ +n +time\((\w+)\) +total\(B\)/
/** massif writes stacks of at most 500 frames. */
const DEEPEST = 4096

/**
 * What `ms_print` makes of massif's file (Valgrind manual, chapter 9.2.5): a picture, then rows of snapshots with the
 * trees of the detailed ones. The same information as in massif's own file (`massif.ts`), except what ms_print left
 * out as below its threshold: it is part of its parent and stands under a frame that says so.
 */
export const msPrint: Reader<'allocation-profile'> = {
  format: FORMAT,
  title: 'Valgrind massif, printed (ms_print)',
  makes: 'allocation-profile',
  recognize(head) {
    const text = headText(head)
    return /^Command: /m.test(text) && ARGUMENTS.test(text) ? 'certain' : 'no'
  },
  async read(input, run) {
    const source: Source = { name: input.name, format: FORMAT, runtime: 'native', idsAreStable: false, notices: [] }
    const snapshots: Snapshot[] = []
    let timeUnit: string | undefined
    let command: string | undefined
    let peak: number | undefined
    let lineNumber = 0
    for await (const { firstLine, lines } of lineBatches(input, FORMAT, run)) {
      for (const [index, line] of lines.entries()) {
        lineNumber = firstLine + index
        command ??= /^Command: +(.*)$/.exec(line)?.[1]
        timeUnit ??= COLUMNS.exec(line)?.[1]
        const marked = /^ Detailed snapshots: .*?(\d+) \(peak\)/.exec(line)
        if (marked !== null) peak = Number(marked[1])
        const row = ROW.exec(line)
        if (row !== null) {
          const [number, time, , heapBytes, extraBytes, stackBytes] = row.slice(1).map(commaNumber) as [number, number, number, number, number, number]
          snapshots.push({ time, heapBytes, extraBytes, stackBytes, tree: undefined, isPeak: number === peak })
          continue
        }
        const current = snapshots.at(-1)
        if (current === undefined) continue
        const root = current.tree === undefined ? ROOT.exec(line) : null
        if (root !== null) {
          current.tree = [{ depth: 0, bytes: commaNumber(root[1]!), label: root[2]!, childBytes: 0 }]
          continue
        }
        const node = current.tree === undefined ? null : NODE.exec(line)
        if (node === null) continue
        const tree = current.tree!
        const depth = node[1]!.length / 2 + 1
        const bytes = commaNumber(node[2]!)
        const parent = tree.findLast((each) => each.depth < depth)
        if (parent === undefined || parent.depth !== depth - 1 || depth > DEEPEST) {
          throw new ReadError({ file: input.name, format: FORMAT, position: { kind: 'line', line: lineNumber }, expected: 'a node one deeper than its parent', found: line.slice(0, 80) })
        }
        parent.childBytes += bytes
        tree.push({ depth, bytes, label: node[3]!, childBytes: 0 })
      }
    }
    if (snapshots.length === 0) {
      throw new ReadError({ file: input.name, format: FORMAT, position: { kind: 'line', line: Math.max(1, lineNumber) }, expected: 'a row for each snapshot', found: 'the end of the file' })
    }
    if (peak === undefined) addNotice(source, { code: 'no-peak', message: 'the text marks no snapshot as the peak; the highest one with a tree is shown' })
    return profileOfSnapshots(source, { timeUnit, command }, snapshots)
  },
}
