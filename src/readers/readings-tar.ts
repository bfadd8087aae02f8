import { ReadError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import { MemorySeriesBuilder, type Sample } from '../model/memory-series-builder.ts'
import type { MemorySeries, Metric } from '../model/memory-series.ts'
import { addNotice, type Source } from '../model/source.ts'
import { timeOfLine } from './proc-text.ts'
import type { ByteSource, Reader } from './reader.ts'
import { wholeInput } from './whole-input.ts'

const FORMAT = 'readings-tar'
const BLOCK = 512
/** Files of /proc and of a cgroup are kilobytes; so are archives of some thousand readings. */
const MAX_ARCHIVE_BYTES = 1 << 28
const MAX_FILE_BYTES = 1 << 20
const PAGE_BYTES = 4096

const STATUS: Readonly<Record<string, Metric>> = { VmRSS: 'rss', RssAnon: 'rss-anon', RssFile: 'rss-file', RssShmem: 'rss-shmem', VmSwap: 'swap', VmSize: 'vsize' }
const ROLLUP: Readonly<Record<string, Metric>> = { Rss: 'rss', Pss: 'pss', Anonymous: 'rss-anon', Swap: 'swap', LazyFree: 'lazy-free' }
/** Of version 2, and the names of version 1. */
const STAT: Readonly<Record<string, Metric>> = { anon: 'cgroup-anon', file: 'cgroup-file', inactive_file: 'cgroup-inactive-file', active_file: 'cgroup-active-file', shmem: 'cgroup-shmem', kernel: 'cgroup-kernel', total_rss: 'cgroup-anon', total_cache: 'cgroup-file', total_inactive_file: 'cgroup-inactive-file', total_active_file: 'cgroup-active-file', total_shmem: 'cgroup-shmem' }
const WANTED = new Set(['memory.current', 'memory.usage_in_bytes', 'memory.max', 'memory.limit_in_bytes', 'memory.stat', 'memory.events', 'memory.failcnt', 'memory.pressure', 'status', 'statm', 'smaps_rollup', 'time', 'uptime'])

/**
 * A tar of folders, each one reading of a process and its cgroup: files as /proc/PID/{status,statm,smaps_rollup} and
 * /sys/fs/cgroup/… (memory.current, memory.stat, memory.max, memory.events, memory.pressure; or version 1's) have them,
 * in the folder itself or in folders `proc` and `cgroup` below it, as a shell loop collects them in a container.
 *
 * A reading's time is in its file `uptime` (/proc/uptime) or `time` (`date +%s`); without either, readings come in the
 * order of their folders' names, a second apart, which a notice says. Of a process that has ended /proc is empty:
 * such a reading has the cgroup's values only. POSIX and GNU tar (pax(1)); only plain files are looked at.
 */
export const readingsTar: Reader<'memory-series'> = {
  format: FORMAT,
  title: 'tar of folders, each a reading of /proc/PID and a cgroup',
  makes: 'memory-series',
  recognize: (head) => (isTar(head) ? 'likely' : 'no'),
  read: readReadings,
}

function isTar(head: Uint8Array): boolean {
  return head.length >= BLOCK && String.fromCharCode(...head.subarray(257, 262)) === 'ustar'
}

async function readReadings(input: ByteSource, run: Run): Promise<MemorySeries> {
  const source: Source = { name: input.name, format: FORMAT, idsAreStable: false, sizeBytes: input.sizeBytes, notices: [] }
  const bytes = await wholeInput(input, FORMAT, run, MAX_ARCHIVE_BYTES)
  const folders = new Map<string, Map<string, string>>()
  const decoder = new TextDecoder()
  for (const { path, start, length } of filesOf(bytes, source, run)) {
    const parts = path.split('/').filter((part) => part !== '' && part !== '.')
    const name = parts.pop()
    if (name === undefined || !WANTED.has(name) || length > MAX_FILE_BYTES) continue
    if (parts.at(-1) === 'proc' || parts.at(-1) === 'cgroup') parts.pop()
    const folder = parts.join('/')
    const files = folders.get(folder) ?? new Map<string, string>()
    folders.set(folder, files.set(name, decoder.decode(bytes.subarray(start, start + length))))
  }
  const readings = [...folders]
    .toSorted(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
    .map(([, files]) => ({ ...timesOf(files), sample: sampleOf(files, source), files }))
    .filter(({ sample }) => Object.keys(sample).length > 0)
  if (readings.length === 0) {
    throw new ReadError({ file: input.name, format: FORMAT, position: { kind: 'whole' }, expected: 'folders with files of /proc/PID or of a cgroup (status, statm, memory.current, …)', found: 'none in the archive', hint: 'Is it an archive of something else? Unpack it: tar x, and name a file in it.' })
  }
  const pids = readings.flatMap(({ files }) => Number(/^Pid:\t(\d+)/m.exec(files.get('status') ?? '')?.[1] ?? Number.NaN)).filter((pid) => !Number.isNaN(pid))
  const command = readings.map(({ files }) => /^Name:\t(.*)/m.exec(files.get('status') ?? '')?.[1]).find((name) => name !== undefined)
  const builder = new MemorySeriesBuilder(source, { pid: pids[0], command })
  // /proc/uptime counts hundredths of a second; it is moved to the wall clock by the first reading that has both
  const both = readings.find(({ uptimeMs, timeMs }) => Number.isFinite(uptimeMs) && Number.isFinite(timeMs))
  const startedMs = both === undefined ? 0 : both.timeMs - both.uptimeMs
  let epoch = 0
  for (const [index, { uptimeMs, timeMs, sample }] of readings.entries()) {
    if (index > 0 && pids[index] !== undefined && pids[index] !== pids[index - 1]) epoch++
    const at = Number.isFinite(uptimeMs) ? startedMs + uptimeMs : timeMs
    if (Number.isNaN(at)) addNotice(source, { code: 'no-clock', message: 'readings carry no time: one second between them is assumed' })
    builder.add(Number.isNaN(at) ? index * 1000 : at, sample, epoch)
  }
  const limit = readings.map(({ sample }) => sample['cgroup-limit'] ?? Number.NaN).findLast((each) => Number.isFinite(each))
  if (limit !== undefined) builder.limit(limit)
  const killed = readings.findLast(({ sample }) => (sample['cgroup-oom-total'] ?? 0) > 0)?.sample['cgroup-oom-total']
  if (killed !== undefined) addNotice(source, { code: 'oom-killed', count: killed, message: 'the kernel killed a process of the group for want of memory' })
  return builder.finish()
}

/** The plain files of a tar archive: name, and where their bytes are. */
function* filesOf(bytes: Uint8Array, source: Source, run: Run): Generator<{ path: string; start: number; length: number }> {
  const decoder = new TextDecoder()
  const text = (from: number, length: number): string => {
    const end = bytes.subarray(from, from + length).indexOf(0)
    return decoder.decode(bytes.subarray(from, from + (end < 0 ? length : end)))
  }
  let longName: string | undefined
  for (let at = 0; at + BLOCK <= bytes.length; ) {
    run.checkpoint()
    if (bytes[at] === 0) return // the end: blocks of zeros
    const digits = text(at + 124, 12).trim()
    const length = /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN
    const start = at + BLOCK
    if (Number.isNaN(length) || text(at + 257, 5) !== 'ustar' || start + length > bytes.length) {
      addNotice(source, { code: 'cut', firstAt: `byte ${at}`, message: 'the archive is cut or damaged; what stands before was read' })
      return
    }
    const type = String.fromCharCode(bytes[at + 156]!)
    const prefix = text(at + 345, 155)
    const isGnu = text(at + 263, 2) === ' '
    if (type === 'L') longName = text(start, Math.min(length, 4096))
    else if (type === '0' || type === '\u0000') {
      yield { path: longName ?? (prefix === '' || isGnu ? text(at, 100) : `${prefix}/${text(at, 100)}`), start, length }
      longName = undefined
    } else longName = undefined
    at = start + Math.ceil(length / BLOCK) * BLOCK
  }
}

function timesOf(files: ReadonlyMap<string, string>): { uptimeMs: number; timeMs: number } {
  const uptime = /^(\d+(?:\.\d+)?)/.exec(files.get('uptime') ?? '')
  return { uptimeMs: uptime === null ? Number.NaN : Number(uptime[1]) * 1000, timeMs: timeOfLine((files.get('time') ?? '').split('\n', 1)[0]!) }
}

function sampleOf(files: ReadonlyMap<string, string>, source: Source): Sample {
  const sample: Sample = {}
  const put = (metric: Metric, value: number): void => {
    if (Number.isFinite(value)) sample[metric] = value
  }
  const number = (name: string): number => (/^\d+\s*$/.test(files.get(name) ?? '') ? Number(files.get(name)) : Number.NaN)
  const statm = /^(\d+) (\d+) (\d+) /.exec(files.get('statm') ?? '')
  // a process that has ended, and is not yet waited for, reads as zero pages
  if (statm !== null && Number(statm[2]) > 0 && files.get('status')?.includes('VmRSS:') !== true) {
    const [size, resident, shared] = statm.slice(1).map(Number) as [number, number, number]
    addNotice(source, { code: 'page-size-assumed', message: 'statm counts pages, and the file does not say how large: 4 KiB assumed.' })
    put('vsize', size * PAGE_BYTES)
    put('rss', resident * PAGE_BYTES)
    put('rss-anon', Math.max(0, resident - shared) * PAGE_BYTES)
  }
  for (const [name, metrics] of [['smaps_rollup', ROLLUP], ['status', STATUS]] as const) {
    for (const match of (files.get(name) ?? '').matchAll(/^(\w+):\s+(\d+) kB$/gm)) if (Object.hasOwn(metrics, match[1]!)) put(metrics[match[1]!]!, Number(match[2]) * 1024)
  }
  const threads = /^Threads:\t(\d+)/m.exec(files.get('status') ?? '')
  if (threads !== null) put('thread-count', Number(threads[1]))
  put('cgroup-current', number('memory.current'))
  put('cgroup-current', number('memory.usage_in_bytes'))
  put('cgroup-limit', number('memory.max'))
  // version 1 says "no limit" as the largest number of pages there is
  if (number('memory.limit_in_bytes') < 2 ** 60) put('cgroup-limit', number('memory.limit_in_bytes'))
  for (const match of (files.get('memory.stat') ?? '').matchAll(/^(\w+) (\d+)$/gm)) if (Object.hasOwn(STAT, match[1]!)) put(STAT[match[1]!]!, Number(match[2]))
  put('cgroup-oom-total', Number(/^oom_kill (\d+)$/m.exec(files.get('memory.events') ?? '')?.[1] ?? Number.NaN))
  put('cgroup-limit-total', Number(/^max (\d+)$/m.exec(files.get('memory.events') ?? '')?.[1] ?? Number.NaN))
  put('cgroup-stall-total', Number(/^some .*\btotal=(\d+)/m.exec(files.get('memory.pressure') ?? '')?.[1] ?? Number.NaN))
  return sample
}
