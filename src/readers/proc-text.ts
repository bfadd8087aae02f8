import type { Run } from '../base/run.ts'
import type { Sample } from '../model/memory-series-builder.ts'
import type { MemorySeries, Metric } from '../model/memory-series.ts'
import { addNotice } from '../model/source.ts'
import type { ByteSource, Reader } from './reader.ts'
import { SampleTable } from './sample-table.ts'
import { headText, lineBatches } from './text-lines.ts'

const STATUS: Readonly<Record<string, Metric>> = { VmRSS: 'rss', RssAnon: 'rss-anon', RssFile: 'rss-file', RssShmem: 'rss-shmem', VmSwap: 'swap', VmSize: 'vsize' }
const SMAPS: Readonly<Record<string, Metric>> = { Size: 'vsize', Rss: 'rss', Pss: 'pss', Private_Clean: 'uss', Private_Dirty: 'uss', Private_Hugetlb: 'uss', Anonymous: 'rss-anon', LazyFree: 'lazy-free', Swap: 'swap' }
const MAPPING = /^([0-9a-f]+)-[0-9a-f]+ [-rwxsp]{4} [0-9a-f]+ [0-9a-f]+:[0-9a-f]+ \d+/
/** `pid (name) state …`; the name may hold blanks and brackets itself. */
const STAT = /^(\d+) \((.*)\) [A-Za-z] ((?:-?\d+ ){20,}-?\d+)$/
const PAGE_BYTES = 4096
const FIELD = /^([A-Z]\w*):\s+(\S.*?)\s*$/
// busybox's date knows no %N and leaves it as it is.
const EPOCH = /^(\d{10}(?:\.\d+)?)(?:\.%N)?$/
const DATE = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:[.,]\d+)?)\s?(Z|UTC|[+-]\d\d:?\d\d)?$/

/**
 * /proc/PID/status, stat, smaps and smaps_rollup (proc(5)): one file is one sample; a loop that appends them is a series, with the time
 * before each (`date +%s`, `date -Is`) or, without, one second apart, which a notice says. status and smaps of one tick are one
 * sample. The mappings of smaps are summed: Private_* is USS, Anonymous counts pages of private files that were written as well.
 * A process that had ended leaves empty files, and no sample.
 */
export const procText: Reader<'memory-series'> = {
  format: 'proc-text',
  title: '/proc/PID/status, stat, smaps, smaps_rollup, one or a loop of them',
  makes: 'memory-series',
  recognize(head) {
    const lines = headText(head).split(/\r?\n/).filter((line) => line !== '' && !EPOCH.test(line) && !DATE.test(line))
    if (MAPPING.test(lines[0] ?? '')) return /^(?:Size|Rss):\s+\d+ kB$/m.test(headText(head)) ? 'certain' : 'no'
    if (STAT.test(lines[0] ?? '')) return 'certain'
    return lines[0]?.startsWith('Name:\t') === true && /^(?:Umask|State|Tgid):\t/.test(lines[1] ?? '') ? 'certain' : 'no'
  },
  read: readProcText,
}

async function readProcText(input: ByteSource, run: Run): Promise<MemorySeries> {
  const table = new SampleTable(input.name, 'proc-text', input.sizeBytes)
  const blocks = new Blocks(table)
  for await (const { lines } of lineBatches(input, 'proc-text', run)) for (const line of lines) blocks.line(line)
  blocks.finish()
  return table.finish('the lines of /proc/PID/status, stat, smaps or smaps_rollup')
}

/** Lines on their way to samples; knows which file of which tick they are from. */
class Blocks {
  readonly #table: SampleTable
  #timeMs = Number.NaN
  #ticks = 0
  #sample: Sample = {}
  #seen = new Set<'status' | 'smaps' | 'stat'>()
  #inside: 'status' | 'smaps' | 'stat' | undefined
  #lastAddress = ''
  #name = ''
  #pid = ''

  constructor(table: SampleTable) {
    this.#table = table
  }

  line(line: string): void {
    const timeMs = timeOfLine(line)
    const mapping = MAPPING.exec(line)
    if (!Number.isNaN(timeMs)) {
      this.finish()
      this.#timeMs = timeMs
    } else if (mapping !== null) this.#mapping(mapping[1])
    else if (STAT.test(line)) this.#stat(STAT.exec(line)!)
    else this.#field(FIELD.exec(line))
  }

  /** Ends a tick. */
  finish(): void {
    if (Object.keys(this.#sample).length > 0) {
      if (Number.isNaN(this.#timeMs) && this.#ticks > 0) addNotice(this.#table.source, { code: 'no-clock', message: 'the files carry no time: one second between them is assumed' })
      this.#table.add(this.#pid, Number.isNaN(this.#timeMs) ? this.#ticks * 1000 : this.#timeMs, this.#sample, this.#name)
      this.#ticks++
    }
    this.#timeMs = Number.NaN
    this.#sample = {}
    this.#seen = new Set()
    this.#inside = undefined
    this.#lastAddress = ''
  }

  /** Addresses rise within one smaps: one that does not begins the next. */
  #mapping(from: string): void {
    const address = from.padStart(16, '0')
    if (this.#inside !== 'smaps' || address <= this.#lastAddress) this.#begin('smaps')
    this.#lastAddress = address
  }

  /** Columns count from the state, which is the third: threads 20, bytes of address space 23, resident pages 24. */
  #stat([, pid, name, columns]: RegExpExecArray): void {
    this.#begin('stat')
    const values = columns.split(' ').map(Number)
    this.#pid = pid
    this.#name = name
    const pages = values[20]
    if (!(pages > 0)) return // it has ended
    addNotice(this.#table.source, { code: 'page-size-assumed', message: 'stat counts pages, and the file does not say how large: 4 KiB assumed.' })
    Object.assign(this.#sample, { 'thread-count': values[16], vsize: values[19], rss: pages * PAGE_BYTES, ...this.#sample })
  }

  #begin(file: 'status' | 'smaps' | 'stat'): void {
    if (this.#seen.has(file)) this.finish()
    this.#seen.add(file)
    this.#inside = file
  }

  #field(field: RegExpExecArray | null): void {
    if (field === null) return
    const [, name, text] = field
    if (name === 'Name') {
      this.#begin('status')
      this.#name = text
    }
    if (this.#inside === 'status' && name === 'Pid') this.#pid = text
    if (this.#inside === 'status' && name === 'Threads') this.#sample['thread-count'] = Number(text)
    const kib = /^(\d+) kB$/.exec(text)
    const metrics = this.#inside === 'smaps' ? SMAPS : STATUS
    if (kib === null || this.#inside === undefined || !Object.hasOwn(metrics, name)) return
    const metric = metrics[name]
    // What status said of this tick stays: it is the kernel's own sum.
    if (this.#inside === 'smaps' && this.#seen.has('status') && metric in STATUS_METRICS) return
    this.#sample[metric] = (this.#inside === 'smaps' ? (this.#sample[metric] ?? 0) : 0) + Number(kib[1]) * 1024
  }
}

const STATUS_METRICS: Readonly<Record<string, true>> = Object.fromEntries(Object.values(STATUS).map((metric) => [metric, true]))

/** Ms since the epoch of a line that is a time and nothing else; NaN otherwise. */
export function timeOfLine(line: string): number {
  const text = line.trim()
  const seconds = EPOCH.exec(text)
  if (seconds !== null) return Number(seconds[1]) * 1000
  const date = DATE.exec(text)
  if (date === null) return Number.NaN
  const zone = date[3] === undefined || date[3] === 'UTC' ? 'Z' : date[3].replace(/^([+-]\d\d)(\d\d)$/, '$1:$2')
  return Date.parse(`${date[1]}T${date[2].replace(',', '.')}${zone}`)
}
