import type { Run } from '../base/run.ts'
import type { Sample } from '../model/memory-series-builder.ts'
import type { MemorySeries } from '../model/memory-series.ts'
import { addNotice } from '../model/source.ts'
import { timeOfLine } from './proc-text.ts'
import type { ByteSource, Reader } from './reader.ts'
import { SampleTable } from './sample-table.ts'
import { headText, lineBatches } from './text-lines.ts'

const FORMAT = 'pmap'
const PROCESS = /^(\d+): {2,}(\S.*)$/
const HEADER = /^Address\s+Kbytes\s+RSS\s+Dirty\s+Mode\s+Mapping\s*$/
const MAPPING = /^[0-9a-f]{8,16}\s+(\d+)\s+(\d+)\s+(\d+)\s+[-rwxspR]{4,6}\s+(.*)$/
const TOTAL = /^total kB\s+(\d+)\s+(\d+)\s+(\d+)\s*$/

/**
 * `pmap -x PID` (procps 3 and 4), once or in a loop, with the time before each (`date +%s`, `date -Is`) or, without, one second
 * apart, which a notice says. The total is the process' RSS; mappings without a file (`[ anon ]`, the stack) make its anonymous
 * part, to which written pages of private files are not counted. Of several processes the one that rose most is shown.
 */
export const pmap: Reader<'memory-series'> = {
  format: FORMAT,
  title: 'pmap -x, once or in a loop',
  makes: 'memory-series',
  recognize(head) {
    const lines = headText(head).split(/\r?\n/)
    return lines.some((line, at) => PROCESS.test(line) && HEADER.test(lines[at + 1] ?? '')) ? 'certain' : 'no'
  },
  read: readPmap,
}

async function readPmap(input: ByteSource, run: Run): Promise<MemorySeries> {
  const table = new SampleTable(input.name, FORMAT, input.sizeBytes)
  const ticks = new Map<string, number>()
  let process = ''
  let command = ''
  let timeMs = Number.NaN
  let anonymous = 0
  let isOpen = false
  for await (const { firstLine, lines } of lineBatches(input, FORMAT, run)) {
    for (const [index, line] of lines.entries()) {
      const written = timeOfLine(line)
      if (!Number.isNaN(written)) {
        timeMs = written
        continue
      }
      const begins = PROCESS.exec(line)
      if (begins !== null) {
        if (isOpen) addNotice(table.source, { code: 'cut', message: 'a listing without its total was passed over', firstAt: `line ${firstLine + index}` })
        ;[, process, command] = begins as unknown as [string, string, string]
        anonymous = 0
        isOpen = true
        continue
      }
      const total = isOpen ? TOTAL.exec(line) : null
      if (total !== null) {
        const tick = ticks.get(process) ?? 0
        if (Number.isNaN(timeMs) && tick > 0) addNotice(table.source, { code: 'no-clock', message: 'the listings carry no time: one second between them is assumed' })
        const sample: Sample = { vsize: Number(total[1]) * 1024, rss: Number(total[2]) * 1024, 'rss-anon': anonymous }
        table.add(process, Number.isNaN(timeMs) ? tick * 1000 : timeMs, sample, command)
        ticks.set(process, tick + 1)
        isOpen = false
        continue
      }
      const mapping = isOpen ? MAPPING.exec(line) : null
      if (mapping !== null && /^\s*\[/.test(mapping[4]!)) anonymous += Number(mapping[2]) * 1024
    }
  }
  if (isOpen) addNotice(table.source, { code: 'cut', message: 'the last listing is cut and was passed over' })
  return table.finish('a listing of pmap -x with its total')
}
