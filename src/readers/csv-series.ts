/**
 * Tables of memory over time, with a header row: our own exports, recorded traces, and what people write with `ps` and a loop.
 *
 * Columns are found by name (see NAMES), never by place. Lines that begin with `#` hold `key=value` settings: `runtime`,
 * `limit_kib` or `limit_bytes`, `pid`, `command` (percent-encoded), and `const_NAME=V` for a column that never changes.
 * Units: in a table whose time column is `t` (seconds) memory is in KiB; in one with `time_ms` it is in bytes; a unit that
 * stands in the column's own name (`rss_kb`, `rss_bytes`, `Mem (MB)`) wins. An empty cell is missing.
 * What it cannot know: whether RSS that rises is anonymous. Without `anon` the verdict says so.
 */
import { ReadError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import { MemorySeriesBuilder, type Sample } from '../model/memory-series-builder.ts'
import { METRICS, type MemorySeries, type Metric } from '../model/memory-series.ts'
import { addNotice, type Source } from '../model/source.ts'
import type { ByteSource, Reader } from './reader.ts'
import { headText, lineBatches } from './text-lines.ts'

const FORMAT = 'csv-series'

/** Other people's column names, lower case, without unit. Our own are the names of the metrics. */
const NAMES: Readonly<Record<string, Metric>> = {
  rss: 'rss',
  vmrss: 'rss',
  resident: 'rss',
  res: 'rss',
  memory: 'rss',
  mem: 'rss',
  anon: 'rss-anon',
  rssanon: 'rss-anon',
  file: 'rss-file',
  rssfile: 'rss-file',
  shmem: 'rss-shmem',
  rssshmem: 'rss-shmem',
  lazyfree: 'lazy-free',
  swap: 'swap',
  vmswap: 'swap',
  pss: 'pss',
  uss: 'uss',
  vsz: 'vsize',
  vms: 'vsize',
  vmsize: 'vsize',
  virt: 'vsize',
  heap_used: 'heap-used',
  heapused: 'heap-used',
  heap_after: 'heap-live',
  heap_after_full: 'heap-floor',
  heap_total: 'heap-committed',
  heaptotal: 'heap-committed',
  heap_committed: 'heap-committed',
  heap_limit: 'heap-limit',
  external: 'external',
  array_buffers: 'array-buffers',
  arraybuffers: 'array-buffers',
  gc: 'gc-count',
  gc_full: 'gc-full-count',
  requests: 'request-total',
  errors: 'error-total',
  fds: 'fd-count',
  threads: 'thread-count',
  goroutines: 'goroutine-count',
  cg_usage: 'cgroup-current',
  cg_inactive_file: 'cgroup-inactive-file',
  cg_active_file: 'cgroup-active-file',
  cg_shmem: 'cgroup-shmem',
  cg_rss: 'cgroup-anon',
}
const TIME_NAMES = new Set(['t', 'time', 'time_ms', 'timestamp', 'epoch_ms', 'seconds', 'date', 'datetime', 'ts', 'elapsed'])
const UNITS: Readonly<Record<string, number>> = { b: 1, bytes: 1, byte: 1, k: 1024, kb: 1024, kib: 1024, m: 1 << 20, mb: 1 << 20, mib: 1 << 20, g: 1 << 30, gb: 1 << 30, gib: 1 << 30 }

/** A column: what it measures, and what its numbers are to be multiplied with. */
interface Column {
  metric: Metric
  factor: number
}

interface Header {
  time: number
  /** Of a bare number in the time column; NaN: decide by its size. */
  timeFactor: number
  epoch: number
  columns: (Column | undefined)[]
  unknown: string[]
}

export const csvSeries: Reader<'memory-series'> = {
  format: FORMAT,
  title: 'table of memory over time (CSV with a header row, own exports, ps loops)',
  makes: 'memory-series',
  recognize(head, fileName) {
    const lines = headText(head).split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'))
    const header = parseHeader(lines[0] ?? '', separatorOf(lines[0] ?? ''))
    if (header === undefined || lines.length < 2) return 'no'
    const first = (lines[0] ?? '').split(',')[0]
    const own = first === 't' || first === 'time_ms'
    return own && header.columns.some((column) => column !== undefined) ? 'certain' : /\.(csv|tsv)$/i.test(fileName) || header.columns.length > 1 ? 'likely' : 'no'
  },
  read: readCsvSeries,
}

async function readCsvSeries(input: ByteSource, run: Run): Promise<MemorySeries> {
  const source: Source = { name: input.name, format: FORMAT, idsAreStable: false, sizeBytes: input.sizeBytes, notices: [] }
  const settings = new Map<string, string>()
  let header: Header | undefined
  let separator = ','
  let builder: MemorySeriesBuilder | undefined
  let constants: Sample = {}
  let lineNumber = 0
  const start = (line: string): void => {
    separator = separatorOf(line)
    header = parseHeader(line, separator)
    if (header === undefined) throw notATable(input.name, lineNumber, line)
    for (const name of header.unknown) addNotice(source, { code: 'unknown-column', message: `Columns that are not understood were passed over, the first: ${name}`, firstAt: `line ${lineNumber}` })
    const runtime = settings.get('runtime')
    if (runtime !== undefined) source.runtime = runtime
    builder = new MemorySeriesBuilder(source, processOf(settings))
    constants = constantsOf(settings, header)
    const limit = Number(settings.get('limit_bytes') ?? Number(settings.get('limit_kib')) * 1024)
    if (limit > 0) builder.limit(limit)
  }
  for await (const { lines } of lineBatches(input, 'csv-series', run)) {
    for (const line of lines) {
      lineNumber++
      if (line.startsWith('#')) readSettings(line, settings)
      else if (line.trim() === '') continue
      else if (header === undefined) start(line)
      else if (builder !== undefined && !addRow(builder, header, line.split(separator), constants)) {
        addNotice(source, { code: 'bad-row', message: 'Rows without a readable time were passed over.', firstAt: `line ${lineNumber}` })
      }
    }
  }
  if (builder === undefined || builder.sampleCount === 0) throw notATable(input.name, lineNumber, header === undefined ? 'no header row' : 'no rows')
  return builder.finish()
}

function addRow(builder: MemorySeriesBuilder, header: Header, cells: readonly string[], constants: Sample): boolean {
  const timeMs = parseTime(cells[header.time] ?? '', header.timeFactor)
  if (Number.isNaN(timeMs)) return false
  const sample: Sample = { ...constants }
  for (let i = 0; i < header.columns.length; i++) {
    const column = header.columns[i]
    const cell = cells[i]
    if (column === undefined || cell === undefined || cell.trim() === '') continue
    sample[column.metric] = Number(cell) * column.factor
  }
  const epoch = header.epoch < 0 ? 0 : Number(cells[header.epoch])
  builder.add(timeMs, sample, Number.isInteger(epoch) && epoch >= 0 && epoch < 2 ** 32 ? epoch : 0)
  return true
}

/** A number in the column's unit, or a date. Bare numbers below 10¹¹ are seconds: no clock counts ms from so near its epoch. */
function parseTime(cell: string, factor: number): number {
  const text = cell.trim().replace(/^"|"$/g, '')
  if (text === '') return Number.NaN
  const value = Number(text)
  if (!Number.isNaN(value)) return Number.isNaN(factor) ? value * (Math.abs(value) < 1e11 ? 1000 : 1) : value * factor
  return Date.parse(text)
}

function separatorOf(line: string): string {
  const counts = [',', ';', '\t'].map((separator) => ({ separator, count: line.split(separator).length }))
  return counts.reduce((a, b) => (b.count > a.count ? b : a)).separator
}

function parseHeader(line: string, separator: string): Header | undefined {
  const names = line.split(separator).map((cell) => cell.trim().replace(/^"|"$/g, ''))
  if (names.length < 2) return undefined
  const lower = names.map((name) => name.toLowerCase())
  // `epoch` is the time in a loop of `date +%s`, and the count of restarts beside a time column.
  let time = lower.findIndex((name) => TIME_NAMES.has(withoutUnit(name).name))
  const epochColumn = lower.indexOf('epoch')
  if (time < 0) time = epochColumn
  if (time < 0) return undefined
  const kib = lower[time] === 't'
  const columns = lower.map((name, i) => (i === time || (name === 'epoch' && i !== time) ? undefined : columnOf(name, kib ? 1024 : 1)))
  if (!columns.some((column) => column !== undefined)) return undefined
  return {
    time,
    timeFactor: kib ? 1000 : lower[time] === 'time_ms' || lower[time] === 'epoch_ms' ? 1 : Number.NaN,
    epoch: epochColumn === time ? -1 : epochColumn,
    columns,
    unknown: names.filter((_, i) => columns[i] === undefined && i !== time && i !== epochColumn),
  }
}

function columnOf(name: string, usual: number): Column | undefined {
  const bare = withoutUnit(name)
  const dashed = bare.name.replaceAll('_', '-')
  const metric = NAMES[bare.name] ?? METRICS.find((each) => each === dashed)
  if (metric === undefined) return undefined
  if (/-(?:count|total)$/.test(metric)) return { metric, factor: 1 }
  return { metric, factor: bare.factor ?? usual }
}

/** `rss_kb`, `rss (MB)` and `rss[KiB]` without what says the unit. */
function withoutUnit(name: string): { name: string; factor?: number | undefined } {
  const match = /^(.*?)[\s_-]*[([]?\s*(bytes?|[kmg]i?b)\s*[)\]]?$/.exec(name)
  if (match === null || match[1] === '') return { name: name.trim() }
  return { name: (match[1] ?? '').trim(), factor: UNITS[match[2] ?? ''] }
}

function readSettings(line: string, settings: Map<string, string>): void {
  for (const word of line.slice(1).trim().split(/\s+/).slice(0, 200)) {
    const equals = word.indexOf('=')
    if (equals > 0) settings.set(word.slice(0, equals), word.slice(equals + 1))
  }
}

function constantsOf(settings: ReadonlyMap<string, string>, header: Header): Sample {
  const sample: Sample = {}
  const usual = header.timeFactor === 1000 ? 1024 : 1
  for (const [key, value] of settings) {
    if (!key.startsWith('const_') || value === '') continue
    const column = columnOf(key.slice(6).toLowerCase(), usual)
    if (column !== undefined) sample[column.metric] = Number(value) * column.factor
  }
  return sample
}

function processOf(settings: ReadonlyMap<string, string>): MemorySeries['process'] {
  const pid = Number(settings.get('pid'))
  const startedAtMs = Number(settings.get('started_ms'))
  return {
    pid: Number.isInteger(pid) && pid > 0 ? pid : undefined,
    command: decode(settings.get('command')),
    startedAtMs: startedAtMs > 0 ? startedAtMs : undefined,
    runtime: settings.get('runtime'),
    runtimeVersion: settings.get('runtime_version'),
  }
}

function decode(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  try {
    return decodeURIComponent(text)
  } catch {
    return text // written by hand, not encoded
  }
}

function notATable(file: string, line: number, found: string): ReadError {
  return new ReadError({
    file,
    format: FORMAT,
    position: { kind: 'line', line: Math.max(1, line) },
    expected: 'a header row with a time column and at least one memory column, then rows',
    found: `"${found.slice(0, 80)}"`,
    hint: 'Name the columns, for example: t,rss,anon,heap_used (seconds and KiB) or time_ms,rss,rss-anon (milliseconds and bytes).',
  })
}
