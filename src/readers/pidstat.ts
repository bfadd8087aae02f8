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

const DAY_MS = 86_400_000

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
  let day = 0
  let before = -1
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
      const time = timeOf(cells[0] ?? '')
      if (pid < 0 || cells.length < names.length || Number.isNaN(time) || !/^\d+$/.test(cells[pid])) continue
      if (time < before - DAY_MS / 2) day++
      before = time
      const command = names.indexOf('Command')
      table.add(cells[pid], day * DAY_MS + time, { rss: Number(cells[rss]) * 1024, vsize: Number(cells[names.indexOf('VSZ')]) * 1024 }, cells.slice(command).join(' '))
    }
  }
  return table.finish('rows of pidstat -r')
}

/** Ms of the day, or of the epoch where -H printed seconds. */
function timeOf(text: string): number {
  if (/^\d{9,11}$/.test(text)) return Number(text) * 1000
  const match = /^(\d\d):(\d\d):(\d\d)([AP]M)?$/.exec(text)
  if (match === null) return Number.NaN
  const hour = match[4] === undefined ? Number(match[1]) : (Number(match[1]) % 12) + (match[4] === 'PM' ? 12 : 0)
  return ((hour * 60 + Number(match[2])) * 60 + Number(match[3])) * 1000
}
