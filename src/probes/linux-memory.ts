import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'
import { ProbeError } from '../base/errors.ts'
import type { Sample } from '../model/memory-series-builder.ts'
import { cgroupMemory } from './cgroup.ts'
import { kilobytes, procNames, procText } from './proc-files.ts'

/**
 * The memory of one process as /proc tells it. `read` is cheap (status: 25–50 µs, independent of size); `smaps_rollup`
 * walks the page tables and holds the address space lock meanwhile (1 ms at 30 MB, 36 ms at 1.5 GB), so `readDeep` is for once
 * a minute at most.
 */
export class LinuxMemory {
  readonly pid: number
  readonly command: string
  readonly startedAtMs: number
  /** Clock ticks since boot: with the pid it names a process for good. */
  readonly startTicks: string

  private constructor(pid: number, command: string, startTicks: string) {
    this.pid = pid
    this.command = command
    this.startTicks = startTicks
    this.startedAtMs = bootTimeMs() + (Number(startTicks) * 1000) / TICKS_PER_SECOND
  }

  /** @throws ProbeError when there is no such process, no /proc, or it is closed to this user */
  static open(pid: number): LinuxMemory {
    needProc(`pid ${pid}`)
    const ticks = startTicksOf(pid)
    if (ticks === undefined) {
      throw new ProbeError({ target: `pid ${pid}`, step: 'reading its memory', problem: 'there is no such process', hint: `It may have ended. \`stillhere watch --all\` lists what runs.${hidesOthers() ? ' /proc is mounted with hidepid: processes of other users are hidden from this one.' : ''}` })
    }
    return new LinuxMemory(pid, commandOf(pid), ticks)
  }

  /** Of a single process, itself. */
  mainPid(): number {
    return this.pid
  }

  /** What is cheap to know. `gone`: it ended; `replaced`: another process has its pid now. */
  read(): Sample | 'gone' | 'replaced' {
    const ticks = startTicksOf(this.pid)
    if (ticks === undefined) return 'gone'
    if (ticks !== this.startTicks) return 'replaced'
    const status = procText(`/proc/${this.pid}/status`)
    const rss = kilobytes(status, 'VmRSS')
    // A zombie has a status without memory: it has ended, only nobody took note yet.
    if (rss === undefined) return 'gone'
    const sample: Sample = { rss, ...known({ 'rss-anon': kilobytes(status, 'RssAnon'), 'rss-file': kilobytes(status, 'RssFile'), 'rss-shmem': kilobytes(status, 'RssShmem'), swap: kilobytes(status, 'VmSwap'), vsize: kilobytes(status, 'VmSize') }) }
    const threads = /^Threads:\s*(\d+)/m.exec(status)?.[1]
    if (threads !== undefined) sample['thread-count'] = Number(threads)
    const descriptors = countOf(`/proc/${this.pid}/fd`)
    if (descriptors !== undefined) sample['fd-count'] = descriptors
    return sample
  }

  /** What costs: proportional and private size, lazily freed pages; and its memory group. Empty when closed to this user. */
  readDeep(): Sample {
    const rollup = procText(`/proc/${this.pid}/smaps_rollup`)
    const clean = kilobytes(rollup, 'Private_Clean')
    const dirty = kilobytes(rollup, 'Private_Dirty')
    return {
      ...known({ pss: kilobytes(rollup, 'Pss'), 'lazy-free': kilobytes(rollup, 'LazyFree'), uss: clean === undefined || dirty === undefined ? undefined : clean + dirty }),
      ...cgroupMemory(this.pid),
    }
  }

  /** Which file refused, if one did: what the verdict will have to do without. */
  whatIsClosed(): string[] {
    return [`/proc/${this.pid}/smaps_rollup`, `/proc/${this.pid}/fd`].filter((path) => isClosed(path))
  }
}

/** @throws ProbeError where there is no /proc to read: not Linux, or a container or chroot without it */
export function needProc(target: string): void {
  const step = 'reading its memory'
  if (process.platform !== 'linux') {
    throw new ProbeError({
      target,
      step,
      problem: `there is no /proc on ${process.platform}`,
      hint: 'Record it with psrecord or ps and judge the file: `stillhere verdict FILE`. Node programs can be watched by their inspector anywhere.',
    })
  }
  if (procText('/proc/self/stat') === '') throw new ProbeError({ target, step, problem: '/proc is not mounted here', hint: 'mount -t proc proc /proc' })
}

function hidesOthers(): boolean {
  return /^\S+ \/proc proc \S*hidepid=(?:[12]|noaccess|invisible)/m.test(procText('/proc/self/mounts'))
}

/** Linux fixes USER_HZ at 100 for everything user space reads, whatever the kernel's own clock. */
const TICKS_PER_SECOND = 100

function bootTimeMs(): number {
  return Number(/^btime (\d+)/m.exec(procText('/proc/stat'))?.[1] ?? 0) * 1000
}

/** Field 22 of stat. The command in field 2 may hold blanks and brackets: what follows the last bracket is counted. */
export function startTicksOf(pid: number): string | undefined {
  const stat = procText(`/proc/${pid}/stat`)
  if (stat === '') return undefined
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
}

/** The command line, or the name where that is empty (kernel threads, and processes that overwrote it). */
export function commandOf(pid: number): string {
  const line = procText(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim()
  return line === '' ? procText(`/proc/${pid}/comm`).trim() : line
}

/** A process in the list of all, with what one short read tells. */
export interface ListedProcess {
  pid: number
  startTicks: string
  rssBytes: number
}

/** Every process with memory of its own. Cost: one small read each, some 15 µs. */
export function listProcesses(): ListedProcess[] {
  const found: ListedProcess[] = []
  const page = pageBytes()
  const buffer = Buffer.allocUnsafe(1024)
  for (const entry of procNames('/proc')) {
    const first = entry.charCodeAt(0)
    if (first < 0x31 || first > 0x39) continue
    const length = readInto(buffer, `/proc/${entry}/stat`)
    // Fields after the command, which may hold blanks and brackets itself: state is the first of them.
    const fields = buffer.toString('latin1', buffer.subarray(0, length).lastIndexOf(0x29) + 2, length).split(' ', 22)
    const pages = Number(fields[21])
    if (length === 0 || !(pages > 0)) continue
    found.push({ pid: Number(entry), startTicks: fields[19] ?? '', rssBytes: pages * page })
  }
  return found
}

/** The beginning of a file of /proc; 0 bytes when the process ended. Without the calls readFile makes for files that have a size. */
function readInto(buffer: Buffer, path: string): number {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    return 0
  }
  try {
    return readSync(file, buffer, 0, buffer.length, 0)
  } catch {
    return 0 // it ended just now
  } finally {
    closeSync(file)
  }
}

/** RSS of this process by status (KiB) over its RSS by statm (pages), to the power of two it must be: no call of libc needed. */
export function pageBytes(): number {
  const pages = Number(procText('/proc/self/statm').split(' ')[1])
  const bytes = kilobytes(procText('/proc/self/status'), 'VmRSS')
  if (bytes === undefined || !(pages > 0)) return 4096
  return 2 ** Math.round(Math.log2(bytes / pages))
}

function known(sample: { [name in keyof Sample]?: number | undefined }): Sample {
  return Object.fromEntries(Object.entries(sample).filter(([, value]) => value !== undefined)) as Sample
}

function isClosed(path: string): boolean {
  try {
    if (path.endsWith('/fd')) readdirSync(path)
    else readFileSync(path, 'utf8')
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' || (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function countOf(folder: string): number | undefined {
  try {
    return readdirSync(folder).length
  } catch {
    return undefined // another user's
  }
}

// A process may end between listing and reading; what cannot be read is not known.
