/**
 * What a shell loop around `date +%s` writes: `<epoch> <rss KiB>` lines, `<epoch> <statm line>` lines, or a line with the
 * epoch followed by the output of `ps -o …` with its header. statm counts pages; 4 KiB are assumed, since the file does not
 * say, and a notice tells so.
 */
import type { Run } from '../base/run.ts'
import type { MemorySeries } from '../model/memory-series.ts'
import { addNotice } from '../model/source.ts'
import { SampleTable } from './sample-table.ts'
import type { ByteSource, Reader } from './reader.ts'
import { headText, lineBatches } from './text-lines.ts'

const EPOCH = String.raw`1\d{9}(?:\.\d+)?`
const VALUE_LINE = new RegExp(`^(${EPOCH})\\s+(\\d+)$`)
const STATM_LINE = new RegExp(`^(${EPOCH})\\s+(\\d+) (\\d+) (\\d+) (\\d+) 0 (\\d+) 0$`)
const EPOCH_LINE = new RegExp(`^${EPOCH}$`)
const PAGE_BYTES = 4096

export const psLoop: Reader<'memory-series'> = {
  format: 'ps-loop',
  title: 'a loop of date and ps, or of date and /proc/PID/statm',
  makes: 'memory-series',
  recognize(head) {
    const lines = headText(head).split('\n').slice(0, 3)
    const isBlock = EPOCH_LINE.test(lines[0]) && /\bRSS\b/.test(lines[1] ?? '')
    return isBlock || (lines.length > 2 && lines.slice(0, 2).every((line) => VALUE_LINE.test(line) || STATM_LINE.test(line))) ? 'likely' : 'no'
  },
  read: readPsLoop,
}

async function readPsLoop(input: ByteSource, run: Run): Promise<MemorySeries> {
  const table = new SampleTable(input.name, 'ps-loop', input.sizeBytes)
  let timeMs = Number.NaN
  let names: string[] = []
  for await (const { lines } of lineBatches(input, 'ps-loop', run)) {
    for (const line of lines) {
      const value = VALUE_LINE.exec(line)
      const statm = STATM_LINE.exec(line)
      if (value !== null) table.add('', Number(value[1]) * 1000, { rss: Number(value[2]) * 1024 })
      else if (statm !== null) {
        const [, seconds, size, resident, shared] = statm.map(Number)
        table.add('', seconds * 1000, { vsize: size * PAGE_BYTES, rss: resident * PAGE_BYTES, 'rss-file': shared * PAGE_BYTES, 'rss-anon': Math.max(0, resident - shared) * PAGE_BYTES })
        addNotice(table.source, { code: 'page-size-assumed', message: 'statm counts pages, and the file does not say how large: 4 KiB assumed.' })
      } else if (EPOCH_LINE.test(line.trim())) timeMs = Number(line) * 1000
      else addPsRow(line.trim().split(/\s+/))
    }
  }
  function addPsRow(cells: string[]): void {
    if (cells.includes('RSS')) {
      names = cells
      return
    }
    const cell = (name: string): string | undefined => (names.includes(name) ? cells[names.indexOf(name)] : undefined)
    const rss = cell('RSS')
    if (rss === undefined || !/^\d+$/.test(rss)) return
    const vsize = cell('VSZ')
    table.add(cell('PID') ?? '', timeMs, { rss: Number(rss) * 1024, ...(vsize === undefined ? {} : { vsize: Number(vsize) * 1024 }) }, cell('COMMAND') ?? cell('CMD'))
  }
  return table.finish('lines of a time and a size')
}
