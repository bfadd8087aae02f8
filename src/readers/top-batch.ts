import type { Run } from '../base/run.ts'
import type { MemorySeries } from '../model/memory-series.ts'
import { addNotice } from '../model/source.ts'
import type { ByteSource, Reader } from './reader.ts'
import { SampleTable } from './sample-table.ts'
import { headText, lineBatches } from './text-lines.ts'
import { DayClock } from './time-of-day.ts'

/** What stands behind a number that would not fit: procps counts in KiB otherwise. */
const SUFFIXES: Readonly<Record<string, number>> = { '': 2 ** 10, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40, p: 2 ** 50 }

/**
 * procps' `top -b`: a block a tick, `top - HH:MM:SS up …`, a summary, a header, a row a process. Columns are found by name. Sizes
 * are KiB; large ones are rounded to `1.2g`, so that slow growth is hidden in steps: a notice tells so.
 * Times are of day, the date is not in it. SHR mixes files and shared memory and is not used.
 */
export const topBatch: Reader<'memory-series'> = {
  format: 'top-batch',
  title: 'procps, top -b',
  makes: 'memory-series',
  recognize: (head) => (/^top - \d\d:\d\d:\d\d up /m.test(headText(head)) ? 'certain' : 'no'),
  read: readTop,
}

async function readTop(input: ByteSource, run: Run): Promise<MemorySeries> {
  const table = new SampleTable(input.name, 'top-batch', input.sizeBytes)
  const clock = new DayClock()
  let timeMs = Number.NaN
  let names: string[] = []
  for await (const { firstLine, lines } of lineBatches(input, 'top-batch', run)) {
    for (const [at, line] of lines.entries()) {
      const tick = /^top - (\d\d:\d\d:\d\d) up /.exec(line)
      if (tick !== null) {
        timeMs = clock.msOf(tick[1])
        names = [] // a block may end before its header: its rows belong to nobody
        continue
      }
      const cells = line.trim().split(/\s+/)
      if (cells.includes('PID') && cells.includes('RES')) {
        names = cells
        continue
      }
      const cell = (name: string): string => (names.includes(name) ? (cells[names.indexOf(name)] ?? '') : '')
      const resident = bytesOf(cell('RES'))
      if (names.length === 0 || cells.length < names.length || !/^\d+$/.test(cell('PID')) || Number.isNaN(resident)) continue
      if (/[mgtp]$/.test(cell('RES'))) addNotice(table.source, { code: 'rounded', message: 'top rounds large sizes; growth is seen in steps. `top -b -e k` does not', firstAt: `line ${firstLine + at}` })
      table.add(cell('PID'), timeMs, { rss: resident, vsize: bytesOf(cell('VIRT')), swap: bytesOf(cell('SWAP')) }, names.at(-1) === 'COMMAND' ? cells.slice(names.length - 1).join(' ') : undefined)
    }
  }
  return table.finish('rows below a header with PID and RES')
}

/** `3792`, `13.1m`, `1,2g`. */
function bytesOf(text: string): number {
  const match = /^(\d+(?:[.,]\d+)?)([kmgtp]?)$/.exec(text)
  return match === null ? Number.NaN : Math.round(Number(match[1].replace(',', '.')) * (SUFFIXES[match[2]] ?? Number.NaN))
}
