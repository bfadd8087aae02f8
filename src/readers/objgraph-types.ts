import { ReadError } from '../base/errors.ts'
import { AllocationProfileBuilder } from '../model/allocation-profile-builder.ts'
import { addNotice, type Source } from '../model/source.ts'
import type { Reader } from './reader.ts'
import { headText, lineBatches } from './text-lines.ts'

const FORMAT = 'objgraph-types'
const ROW = /^([A-Za-z_][\w.<>-]*)\s+(\d+)(?:\s+\+(\d+))?\s*$/
/** Types every CPython process has many of. */
const ALWAYS = /^(?:function|dict|tuple|list|wrapper_descriptor|method_descriptor|builtin_function_or_method)\s+\d+/m

/**
 * What objgraph prints: `show_most_common_types()` (type, count) and `show_growth()` (type, count, +growth).
 *
 * Counts of objects by type, no sizes and no holders. A later table replaces an earlier count of its types; a type
 * that grew since the table before carries the growth as its verdict. The first `show_growth()` of a process counts
 * everything as growth, which says nothing and is not told.
 */
export const objgraphTypes: Reader<'allocation-profile'> = {
  format: FORMAT,
  title: 'objgraph table of types or growth',
  makes: 'allocation-profile',
  recognize(head) {
    const text = headText(head)
    const lines = text.split('\n').slice(0, -1).filter((line) => line.trim() !== '')
    const rows = lines.filter((line) => ROW.test(line.trimEnd()))
    return rows.length >= 3 && rows.length * 2 > lines.length && ALWAYS.test(text) ? 'likely' : 'no'
  },
  async read(input, run) {
    const source: Source = { name: input.name, format: FORMAT, runtime: 'cpython', idsAreStable: false, notices: [] }
    const types = new Map<string, { count: number; growth: number }>()
    let lineNumber = 0
    for await (const { firstLine, lines } of lineBatches(input, FORMAT, run)) {
      for (const [index, line] of lines.entries()) {
        lineNumber = firstLine + index
        if (line.trim() === '') continue
        const row = ROW.exec(line)
        const [count, growth] = [Number(row?.[2]), Number(row?.[3] ?? 0)]
        if (row === null || !Number.isSafeInteger(count) || !Number.isSafeInteger(growth)) {
          addNotice(source, { code: 'other-lines', firstAt: `line ${lineNumber}`, message: 'lines that are no row of a table were passed over' })
          continue
        }
        types.set(row[1]!, { count, growth: growth === count ? 0 : growth })
      }
    }
    if (types.size === 0) {
      throw new ReadError({ file: input.name, format: FORMAT, position: { kind: 'line', line: Math.max(1, lineNumber) }, expected: "rows 'type  count' or 'type  count  +growth'", found: 'none in the whole file' })
    }
    const builder = new AllocationProfileBuilder(source)
    for (const [type, { count, growth }] of types) {
      builder.add(builder.stack([{ functionName: type }], growth > 0 ? `grew by ${growth}` : undefined), { liveCount: count })
    }
    return builder.build({ unit: 'objects' })
  },
}
