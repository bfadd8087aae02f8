import { ReadError } from '../base/errors.ts'
import { AllocationProfileBuilder } from '../model/allocation-profile-builder.ts'
import { addNotice, type Source } from '../model/source.ts'
import type { Reader } from './reader.ts'
import { headText, lineBatches } from './text-lines.ts'

const FORMAT = 'memory-profiler-lines'
const HEADER = /^Line #\s+Mem usage\s+Increment(\s+Occurrences)?\s+Line Contents\s*$/
const ROW = /^\s*(\d+)(?:\s+(-?[\d.]+) (MiB|GiB|KiB|MB)\s+(-?[\d.]+) (MiB|GiB|KiB|MB)(?:\s+(\d+))?)?(?:\s{3}(.*))?$/
const UNIT: Readonly<Record<string, number>> = { KiB: 1 << 10, MiB: 1 << 20, MB: 1 << 20, GiB: 1 << 30 }

/**
 * The table memory_profiler prints of functions under `@profile`, with or without the Occurrences column.
 *
 * An increment is how much the whole process grew while the line ran, summed over its runs, in pages the process
 * touched: not what the line allocated, and negative where memory went back. It becomes `liveBytes`; occurrences
 * become `liveCount`. The first row of a function carries what the process held before it and is left out.
 */
export const memoryProfilerLines: Reader<'allocation-profile'> = {
  format: FORMAT,
  title: 'Python memory_profiler, line by line',
  makes: 'allocation-profile',
  recognize(head) {
    return headText(head).split('\n').some((line) => HEADER.test(line.trimEnd())) ? 'certain' : 'no'
  },
  async read(input, run) {
    const source: Source = { name: input.name, format: FORMAT, runtime: 'cpython', idsAreStable: false, notices: [] }
    const builder = new AllocationProfileBuilder(source)
    let file = ''
    let functionName = ''
    let isTable = false
    let tables = 0
    let rows = 0
    let lineNumber = 0
    for await (const { firstLine, lines } of lineBatches(input, FORMAT, run)) {
      for (const [index, text] of lines.entries()) {
        lineNumber = firstLine + index
        const named = /^Filename: (.*)$/.exec(text)
        if (named !== null) {
          file = named[1]!.trim()
          isTable = false
          continue
        }
        if (HEADER.test(text)) {
          isTable = true
          functionName = ''
          rows = 0
          tables++
          continue
        }
        if (!isTable || /^=+$/.test(text.trim())) continue
        const row = text.trim() === '' ? null : ROW.exec(text)
        if (row === null) {
          // one blank line ends a table; the program's own output may stand between two
          if (text.trim() === '') isTable = rows === 0
          else addNotice(source, { code: 'other-lines', firstAt: `line ${lineNumber}`, message: 'lines inside a table that are no row were passed over' })
          continue
        }
        rows++
        const [, line, , , increment, unit, occurrences, contents = ''] = row
        const defined = /^\s*(?:async\s+)?def\s+(\w+)/.exec(contents)
        if (defined !== null) functionName = defined[1]!
        if (increment === undefined || /^\s*(?:@|def\b|async\s+def\b)/.test(contents)) continue
        const bytes = Math.round(Number(increment) * UNIT[unit!]!)
        const lineInFile = Number(line)
        if (!Number.isFinite(bytes) || lineInFile >= 0xffffffff) continue
        const site = builder.stack([{ functionName: functionName === '' ? '(function)' : functionName, ...(file === '' ? {} : { file }), line: lineInFile }])
        builder.add(site, { liveBytes: bytes, ...(occurrences === undefined ? {} : { liveCount: Number(occurrences) }) })
      }
    }
    if (tables === 0) {
      throw new ReadError({ file: input.name, format: FORMAT, position: { kind: 'line', line: Math.max(1, lineNumber) }, expected: "a table headed 'Line #    Mem usage    Increment'", found: 'none in the whole file' })
    }
    addNotice(source, { code: 'process-growth', message: 'increments are growth of the whole process while a line ran, not what the line allocated' })
    return builder.build({ unit: 'runs' })
  },
}
