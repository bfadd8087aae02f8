import { ReadError } from '../base/errors.ts'
import { AllocationProfileBuilder } from '../model/allocation-profile-builder.ts'
import { addNotice, type Source } from '../model/source.ts'
import { sourceName } from './jvm-class-names.ts'
import type { Reader } from './reader.ts'
import { headText, lineBatches } from './text-lines.ts'

const FORMAT = 'jvm-histogram'
const HEADER = /^\s*num\s+#instances\s+#bytes\s+class name/
const ROW = /^\s*(\d+):\s+(\d+)\s+(\d+)\s+(\S+)(?:\s+\(.*\))?\s*$/
const TOTAL = /^Total\s+(\d+)\s+(\d+)/

interface Row {
  className: string
  count: number
  bytes: number
}

/**
 * The JVM's class histogram: `jcmd PID GC.class_histogram`, `jmap -histo[:live]`, JDK 8 and later. A profile whose
 * "sites" are classes: how many and how large, but not who made them nor who holds them. A class loaded twice has two
 * rows there and is one here. Of several histograms in one file (a loop over jcmd) the last is read.
 * With `-all`, or jmap without `:live`, the numbers include garbage; the text does not say so.
 */
export const jvmHistogram: Reader<'allocation-profile'> = {
  format: FORMAT,
  title: 'JVM class histogram (jcmd GC.class_histogram, jmap -histo)',
  makes: 'allocation-profile',
  recognize(head) {
    const text = headText(head)
    return text.split('\n').some((line) => HEADER.test(line)) ? 'certain' : 'no'
  },
  async read(input, run) {
    const source: Source = { name: input.name, format: FORMAT, runtime: 'jvm', idsAreStable: false, sizeBytes: input.sizeBytes, notices: [] }
    let rows: Row[] = []
    let histograms = 0
    let total: { count: number; bytes: number } | undefined
    for await (const { firstLine, lines } of lineBatches(input, FORMAT, run)) {
      for (const [index, line] of lines.entries()) {
        if (HEADER.test(line)) {
          rows = []
          total = undefined
          histograms++
          continue
        }
        if (histograms === 0) continue
        const row = ROW.exec(line)
        const sum = row === null ? TOTAL.exec(line) : null
        if (row !== null) rows.push({ className: sourceName(row[4]!), count: Number(row[2]), bytes: Number(row[3]) })
        else if (sum !== null) total = { count: Number(sum[1]), bytes: Number(sum[2]) }
        else if (/^\s*\d+:/.test(line)) addNotice(source, { code: 'unknown-line', message: 'a row is not a class with its numbers', firstAt: `line ${firstLine + index}` })
      }
    }
    if (histograms === 0) throw new ReadError({ file: input.name, format: FORMAT, position: { kind: 'whole' }, expected: 'a line "num #instances #bytes class name"', found: 'none' })
    if (histograms > 1) addNotice(source, { code: 'several-histograms', count: histograms, message: 'the file holds several histograms; the last one is shown' })
    const builder = new AllocationProfileBuilder(source)
    builder.add(0, { liveBytes: 0, liveCount: 0 })
    let bytes = 0
    for (const row of rows) {
      builder.add(builder.stack([{ functionName: row.className }]), { liveBytes: row.bytes, liveCount: row.count })
      bytes += row.bytes
    }
    if (total === undefined || total.bytes !== bytes) {
      addNotice(source, { code: 'cut', message: total === undefined ? 'the line with the total is missing: the histogram is cut' : `the rows add up to ${bytes} bytes, the total says ${total.bytes}` })
    }
    return builder.build({ unit: 'objects' })
  },
}
