/**
 * psrecord --log: a header `# Elapsed time   CPU (%)     Real (MB)   Virtual (MB)`, then rows of numbers. MB is 2^20.
 * Columns are found by name: newer versions add I/O columns and `USS (MB)`. Format after the tool's source, 1.2 to 1.4.
 */
import type { Run } from '../base/run.ts'
import type { Sample } from '../model/memory-series-builder.ts'
import type { MemorySeries, Metric } from '../model/memory-series.ts'
import { SampleTable } from './sample-table.ts'
import type { ByteSource, Reader } from './reader.ts'
import { headText, lineBatches } from './text-lines.ts'

const COLUMNS: Readonly<Record<string, Metric>> = { 'Real (MB)': 'rss', 'Virtual (MB)': 'vsize', 'USS (MB)': 'uss' }

export const psrecord: Reader<'memory-series'> = {
  format: 'psrecord',
  title: 'psrecord --log',
  makes: 'memory-series',
  recognize: (head) => (/^#\s*Elapsed time\s+CPU \(%\)\s+Real \(MB\)/m.test(headText(head).slice(0, 400)) ? 'certain' : 'no'),
  read: readPsrecord,
}

async function readPsrecord(input: ByteSource, run: Run): Promise<MemorySeries> {
  const table = new SampleTable(input.name, 'psrecord', input.sizeBytes)
  let names: string[] = []
  for await (const { lines } of lineBatches(input, 'psrecord', run)) {
    for (const line of lines) {
      if (line.startsWith('#')) {
        names = line.slice(1).trim().split(/\s{2,}/)
        continue
      }
      const cells = line.trim().split(/\s+/).map(Number)
      if (names.length === 0 || cells.length < 2 || cells.some(Number.isNaN)) continue
      const sample: Sample = {}
      for (const [i, name] of names.entries()) {
        const metric = COLUMNS[name]
        if (metric !== undefined) sample[metric] = cells[i] * 1048576
      }
      table.add('', cells[0] * 1000, sample)
    }
  }
  return table.finish('rows below "# Elapsed time  CPU (%)  Real (MB)  Virtual (MB)"')
}
