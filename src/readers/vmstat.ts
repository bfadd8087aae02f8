import type { Run } from '../base/run.ts'
import { addNotice } from '../model/source.ts'
import type { MemorySeries } from '../model/memory-series.ts'
import type { ByteSource, Reader } from './reader.ts'
import { SampleTable } from './sample-table.ts'
import { headText, lineBatches } from './text-lines.ts'

const FORMAT = 'vmstat'
const KIB = 1024

/**
 * procps' `vmstat N`, with `-t`, `-w` and `-a`: memory of the whole machine, a row every N seconds. The header is
 * repeated every screen; columns are found by its names. With `-t` a row ends with its local time, taken as UTC; without,
 * rows are a second apart.
 * The format's lies: procps 4.0.2 (Debian 12) reads memory once and prints it in every row; such rows are one sample. It says what is free and not how large the machine is, so memory in use is counted from the row
 * where least was used; and `-S` changes the unit without a word. `sar -r` says both.
 */
export const vmstat: Reader<'memory-series'> = {
  format: FORMAT,
  title: 'vmstat (memory of a machine)',
  makes: 'memory-series',
  recognize: (head) => (/^\s*r\s+b\s+swpd\s+free\s+(buff\s+cache|inact\s+active)\s+si\s+so\b/m.test(headText(head)) ? 'certain' : 'no'),
  read: readVmstat,
}

async function readVmstat(input: ByteSource, run: Run): Promise<MemorySeries> {
  const table = new SampleTable(input.name, FORMAT, input.sizeBytes)
  const rows: { timeMs: number; reclaimable: number; file: number; swap: number }[] = []
  let names: string[] = []
  let hasTimes = false
  for await (const { lines } of lineBatches(input, FORMAT, run)) {
    for (const line of lines) {
      const cells = line.trim().split(/\s+/)
      if (cells[0] === 'r' && cells.includes('swpd')) names = cells
      else if (names.length > 0 && /^\d+$/.test(cells[0]!)) {
        const cell = (name: string): number => Number((names.includes(name) ? cells[names.indexOf(name)] : undefined) ?? Number.NaN) * KIB
        const stamp = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)$/.exec(line.trimEnd())
        const stampMs = stamp === null ? Number.NaN : Date.parse(`${stamp[1]}T${stamp[2]}Z`)
        hasTimes ||= Number.isFinite(stampMs)
        // -a shows inactive and active in place of the caches: then only what is free is known.
        const file = cell('buff') + cell('cache')
        if (!Number.isFinite(cell('free'))) continue
        rows.push({ timeMs: hasTimes ? stampMs : 1000 * rows.length, reclaimable: cell('free') + (Number.isNaN(file) ? 0 : file), file, swap: cell('swpd') })
      }
    }
  }
  const most = rows.reduce((highest, { reclaimable }) => Math.max(highest, reclaimable), 0)
  const [first] = rows
  // On a running machine memory is never the same to the KiB for long.
  const isStale = rows.length >= 3 && rows.every(({ reclaimable, file, swap }) => reclaimable === first!.reclaimable && Object.is(file, first!.file) && swap === first!.swap)
  if (isStale) addNotice(table.source, { code: 'stale-rows', count: rows.length, message: 'memory is the same to the KiB in every row: this vmstat read it only once (procps 4.0.2 does), so there is one sample; sar -r follows it' })
  for (const { timeMs, reclaimable, file, swap } of isStale ? rows.slice(0, 1) : rows) table.add('', timeMs, { 'cgroup-current': most - reclaimable, 'cgroup-file': file, swap })
  addNotice(table.source, { code: 'relative-level', message: 'vmstat does not say how large the machine is: memory in use is counted from the row where least was used; its numbers are taken as KiB' })
  if (!hasTimes) addNotice(table.source, { code: 'no-clock', message: 'vmstat ran without -t: the rows have no times, one second between them is assumed' })
  return table.finish('rows below a header with swpd and free')
}
