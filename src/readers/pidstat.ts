/**
 * sysstat's `pidstat -r`, with or without -h: blocks with a header that names the columns, repeated every some lines.
 * Columns are found by name, since -rud mixes several groups. Times are of day, local, with or without AM/PM: the day is
 * counted on at midnight; the date of the first line is not used, its order depends on the locale. RSS and VSZ are KiB.
 */
import type { Run } from '../base/run.ts'
import type { MemorySeries } from '../model/memory-series.ts'
import { SampleTable } from './sample-table.ts'
import type { ByteSource, Reader } from './reader.ts'
import { headText, lineBatches } from './text-lines.ts'
import { DayClock } from './time-of-day.ts'

export const pidstat: Reader<'memory-series'> = {
  format: 'pidstat',
  title: 'sysstat, pidstat -r',
  makes: 'memory-series',
  recognize: (head) => (/^#?\s*(?:Time|\d\d:\d\d:\d\d(?: [AP]M)?|\d{10}).*\bPID\b.*\bVSZ\b.*\bRSS\b/m.test(headText(head)) ? 'certain' : 'no'),
  read: readPidstat,
}

async function readPidstat(input: ByteSource, run: Run): Promise<MemorySeries> {
  const table = new SampleTable(input.name, 'pidstat', input.sizeBytes)
  let names: string[] = []
  const clock = new DayClock()
  for await (const { lines } of lineBatches(input, 'pidstat', run)) {
    for (const line of lines) {
      if (line.startsWith('Average:') || line.trim() === '') continue
      // An AM or PM belongs to the time before it.
      const cells = line.replace(/^(#?\s*\d\d:\d\d:\d\d) ([AP]M)/, '$1$2').replace(/^#\s*/, '').trim().split(/\s+/)
      if (cells.includes('PID') && cells.includes('RSS')) {
        names = cells
        continue
      }
      const pid = names.indexOf('PID')
      const rss = names.indexOf('RSS')
      if (pid < 0 || cells.length < names.length || !/^\d+$/.test(cells[pid])) continue
      const timeMs = /^\d{9,11}$/.test(cells[0]) ? Number(cells[0]) * 1000 : clock.msOf(cells[0]) // -H: since the epoch
      const command = names.indexOf('Command')
      table.add(cells[pid], timeMs, { rss: Number(cells[rss]) * 1024, vsize: Number(cells[names.indexOf('VSZ')]) * 1024 }, cells.slice(command).join(' '))
    }
  }
  return table.finish('rows of pidstat -r')
}
