import type { Run } from '../base/run.ts'
import type { MemorySeries } from '../model/memory-series.ts'
import type { ByteSource, Reader } from './reader.ts'
import { SampleTable } from './sample-table.ts'
import { machineSample } from './sar-text.ts'
import { headText, lineBatches } from './text-lines.ts'

/**
 * sysstat's `sadf -d -- -r`: `;` between cells, a header behind `#`, repeated where the columns change. Memory of the whole
 * machine; several hosts may follow each other. Times are UTC, or seconds since the epoch with -U; local times (-t) are taken
 * as if UTC, which moves all of them alike. Restarts and comments are rows of four cells and passed over.
 */
export const sadfCsv: Reader<'memory-series'> = {
  format: 'sadf-csv',
  title: 'sysstat, sadf -d -- -r (memory of a machine)',
  makes: 'memory-series',
  recognize: (head) => (/^# hostname;interval;timestamp;/m.test(headText(head)) ? 'certain' : 'no'),
  read: readSadfCsv,
}

async function readSadfCsv(input: ByteSource, run: Run): Promise<MemorySeries> {
  const table = new SampleTable(input.name, 'sadf-csv', input.sizeBytes)
  let names: string[] = []
  for await (const { lines } of lineBatches(input, 'sadf-csv', run)) {
    for (const line of lines) {
      const cells = line.split(';')
      if (line.startsWith('#')) names = ['hostname', ...cells.slice(1)]
      else if (cells.length === names.length) {
        const sample = machineSample(names, cells)
        const host = cells[0]
        if (sample !== undefined) table.add(host, timeOf(cells[names.indexOf('timestamp')] ?? ''), sample, host)
      }
    }
  }
  return table.finish('rows with kbmemused: write the file with `sadf -d -- -r`')
}

function timeOf(text: string): number {
  if (/^\d{9,11}$/.test(text)) return Number(text) * 1000
  const match = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)/.exec(text)
  return match === null ? Number.NaN : Date.parse(`${match[1]}T${match[2]}Z`)
}
