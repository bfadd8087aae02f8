/**
 * memory_profiler's `mprof run` (.dat): `MEM <MiB> <epoch s>`, `CHLD <pid> <MiB> <s>`, `FUNC …`, `CMDLINE …`.
 * FUNC lines may stand before CMDLINE: the child writes first. With --include-children MEM is the sum, and there is no
 * telling from the file. FUNC lines are not memory over time and are passed over.
 */
import type { Run } from '../base/run.ts'
import type { MemorySeries } from '../model/memory-series.ts'
import { SampleTable } from './sample-table.ts'
import type { ByteSource, Reader } from './reader.ts'
import { headText, lineBatches } from './text-lines.ts'

const MEBIBYTE = 1 << 20

export const mprof: Reader<'memory-series'> = {
  format: 'mprof',
  title: 'memory_profiler, mprof .dat',
  makes: 'memory-series',
  recognize: (head) => (/^(?:CMDLINE |MEM \d|FUNC \S+ \d)/.test(headText(head)) && /^MEM \d+\.\d+ \d+\.\d+/m.test(headText(head)) ? 'certain' : 'no'),
  read: readMprof,
}

async function readMprof(input: ByteSource, run: Run): Promise<MemorySeries> {
  const table = new SampleTable(input.name, 'mprof', input.sizeBytes)
  table.source.runtime = 'python'
  let command = ''
  for await (const { lines } of lineBatches(input, 'mprof', run)) {
    for (const line of lines) {
      const words = line.split(' ')
      if (words[0] === 'CMDLINE') command = line.slice(8)
      else if (words[1] === '0.000000' || words[2] === '0.000000') continue // mprof looked once more after the process was gone
      else if (words[0] === 'MEM') table.add('', Number(words[2]) * 1000, { rss: Number(words[1]) * MEBIBYTE }, command)
      else if (words[0] === 'CHLD') table.add(words[1], Number(words[3]) * 1000, { rss: Number(words[2]) * MEBIBYTE })
    }
  }
  return table.finish('a line MEM <MiB> <seconds>')
}
