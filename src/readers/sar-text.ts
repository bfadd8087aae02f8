import type { Run } from '../base/run.ts'
import type { Sample } from '../model/memory-series-builder.ts'
import type { MemorySeries } from '../model/memory-series.ts'
import type { ByteSource, Reader } from './reader.ts'
import { SampleTable } from './sample-table.ts'
import { headText, lineBatches } from './text-lines.ts'
import { DayClock } from './time-of-day.ts'

/**
 * sysstat's `sar -r`, text: memory of the whole machine. The header with the columns' names is repeated every some lines and
 * may differ between versions (`kbavail` came with 11). Times are of day; the date above is written in the locale's order and not
 * used. Better input: `sadf -j -- -r`.
 */
export const sarText: Reader<'memory-series'> = {
  format: 'sar-text',
  title: 'sysstat, sar -r (memory of a machine)',
  makes: 'memory-series',
  recognize: (head) => (/^\d\d:\d\d:\d\d(?: [AP]M)?\s+kbmemfree\b.*\bkbmemused\b/m.test(headText(head)) ? 'certain' : 'no'),
  read: readSarText,
}

async function readSarText(input: ByteSource, run: Run): Promise<MemorySeries> {
  const table = new SampleTable(input.name, 'sar-text', input.sizeBytes)
  const clock = new DayClock()
  let names: string[] = []
  for await (const { lines } of lineBatches(input, 'sar-text', run)) {
    for (const line of lines) {
      const match = /^(\d\d:\d\d:\d\d(?: [AP]M)?)\s+(\S.*)$/.exec(line.trim())
      if (match === null) continue
      const cells = match[2].split(/\s+/)
      // Another header (of CPU, say) ends the table of memory.
      if (/^(?:[a-z%A-Z][\w%/-]*)$/.test(cells[0]) && !/^\d/.test(cells[0])) names = cells
      else if (cells.length === names.length) {
        const sample = machineSample(names, cells)
        if (sample !== undefined) table.add('', clock.msOf(match[1]), sample)
      }
    }
  }
  return table.finish('rows below a header with kbmemused')
}

/** A row of sar's columns: memory in use as the machine's current use, its page cache as file pages. Undefined without memory. */
export function machineSample(names: readonly string[], cells: readonly string[]): Sample | undefined {
  const cell = (name: string): number => Number((names.includes(name) ? cells[names.indexOf(name)] : undefined)?.replace(',', '.') ?? Number.NaN) * 1024
  const [used, cached] = [cell('kbmemused'), cell('kbcached')]
  if (Number.isNaN(used)) return undefined
  return { 'cgroup-current': used, 'cgroup-file': cached }
}
