import { ReadError } from '../base/errors.ts'
import { type Sample, MemorySeriesBuilder } from '../model/memory-series-builder.ts'
import { addNotice, type Source } from '../model/source.ts'
import type { Reader } from './reader.ts'
import { headText, lineBatches } from './text-lines.ts'

const FORMAT = 'jstat'

/** Columns that only jstat has: enough of them in one line make a header. */
const KNOWN = new Set(['S0C', 'S1C', 'S0U', 'S1U', 'EC', 'EU', 'OC', 'OU', 'PC', 'PU', 'MC', 'MU', 'CCSC', 'CCSU', 'YGC', 'YGCT', 'FGC', 'FGCT', 'CGC', 'CGCT', 'GCT', 'S0', 'S1', 'E', 'O', 'M', 'P', 'CCS', 'Timestamp', 'NGC', 'NGCMN', 'NGCMX', 'OGC', 'OGCMN', 'OGCMX', 'MCMN', 'MCMX', 'CCSMN', 'CCSMX', 'TT', 'MTT', 'DSS', 'LGCC', 'GCC'])

/**
 * jstat -gc, -gcutil, -gccapacity and the like of JDK 8 to 25: columns found by name (8 has no CGC, 7 had PC and PU),
 * headers repeated with -h, `-` for what is missing, decimal commas of some locales.
 * Heap used and committed are sums of the generations, in KB there. -gcutil has percentages only: what remains of it
 * are the numbers of collections. Without -t there is no time: a second a line is assumed and said.
 */
export const jstat: Reader<'memory-series'> = {
  format: FORMAT,
  title: 'jstat -gc, -gcutil',
  makes: 'memory-series',
  recognize(head) {
    return isHeader(headText(head).split('\n').find((line) => line.trim() !== '') ?? '') ? 'certain' : 'no'
  },
  async read(input, run) {
    const source: Source = { name: input.name, format: FORMAT, runtime: 'jvm', idsAreStable: false, sizeBytes: input.sizeBytes, notices: [] }
    const builder = new MemorySeriesBuilder(source, { runtime: 'jvm' })
    let columns: string[] | undefined
    let rows = 0
    for await (const { firstLine, lines } of lineBatches(input, FORMAT, run)) {
      for (const [index, line] of lines.entries()) {
        if (line.trim() === '') continue
        if (isHeader(line)) {
          columns = line.trim().split(/\s+/)
          continue
        }
        const cells = line.trim().split(/\s+/)
        if (columns === undefined || cells.length !== columns.length || !cells.every((cell) => /^(?:-|[\d.,]+|[A-Z].*)$/.test(cell))) {
          addNotice(source, { code: 'unknown-line', message: 'a line does not fit the header', firstAt: `line ${firstLine + index}` })
          continue
        }
        const values = new Map(columns.map((name, column) => [name, number(cells[column]!)]))
        const seconds = values.get('Timestamp')
        builder.add(seconds === undefined ? rows * 1000 : seconds * 1000, sampleOf(values))
        if (seconds === undefined && rows === 0) addNotice(source, { code: 'no-clock', message: 'jstat ran without -t: the lines have no times, one second between them is assumed' })
        rows++
      }
    }
    if (columns === undefined) throw new ReadError({ file: input.name, format: FORMAT, position: { kind: 'line', line: 1 }, expected: 'a header of jstat columns', found: 'none' })
    if (rows > 0 && columns.includes('E') && !columns.includes('EU')) {
      addNotice(source, { code: 'percent-only', message: 'jstat -gcutil tells percentages, not sizes: take -gc to see memory' })
    }
    return builder.finish()
  },
}

function isHeader(line: string): boolean {
  const names = line.trim().split(/\s+/)
  const known = names.filter((name) => KNOWN.has(name)).length
  return known >= 5 && known >= names.length - 2
}

function number(cell: string): number {
  return cell === '-' ? Number.NaN : Number(cell.replace(',', '.'))
}

function sampleOf(values: ReadonlyMap<string, number>): Sample {
  const sumOf = (...names: string[]): number | undefined => {
    const known = names.flatMap((name) => values.get(name) ?? [])
    return known.length === names.length ? known.reduce((sum, value) => sum + value, 0) : undefined
  }
  const sample: Sample = {}
  const used = sumOf('S0U', 'S1U', 'EU', 'OU')
  const committed = sumOf('S0C', 'S1C', 'EC', 'OC') ?? sumOf('NGC', 'OGC')
  const limit = sumOf('NGCMX', 'OGCMX')
  if (used !== undefined) sample['heap-used'] = used * 1024
  if (committed !== undefined) sample['heap-committed'] = committed * 1024
  if (limit !== undefined) sample['heap-limit'] = limit * 1024
  const full = values.get('FGC')
  const young = values.get('YGC')
  if (full !== undefined) sample['gc-full-count'] = full
  if (young !== undefined || full !== undefined) sample['gc-count'] = (young ?? 0) + (full ?? 0) + (values.get('CGC') || 0) // `-` of collectors that have no concurrent part
  return sample
}
