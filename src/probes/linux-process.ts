import { freemem, totalmem } from 'node:os'
import { MemoryGroup } from './cgroup.ts'
import { kilobytes, procLink, procNames, procText } from './proc-files.ts'

/**
 * What Linux says about processes in /proc: who descends from whom, which ports they listen on, how much memory they
 * hold and may hold. On other systems every answer is "nothing known"; callers have another way then.
 */

/** `pid` and everything it started, directly or not, oldest first. Method: PPid of every process, one pass over /proc. */
export function processTree(pid: number): number[] {
  const children = new Map<number, number[]>()
  for (const entry of procNames('/proc')) {
    const each = Number(entry)
    if (!Number.isInteger(each)) continue
    const parent = Number(/^PPid:\s*(\d+)/m.exec(procText(`/proc/${each}/status`))?.[1] ?? Number.NaN)
    if (!Number.isNaN(parent)) children.set(parent, [...(children.get(parent) ?? []), each])
  }
  const found = [pid]
  for (let at = 0; at < found.length; at++) found.push(...(children.get(found[at]!) ?? []))
  return found
}

export interface ListeningPort {
  port: number
  pid: number
  /** The address to connect to: loopback when it listens everywhere. */
  host: string
}

/**
 * The TCP ports the processes listen on. Method: sockets in state 0A of /proc/PID/net/tcp and tcp6, matched by inode
 * with the file descriptors. A port inherited by several processes is given to each of them. What a process opened
 * last comes last.
 */
export function listeningPorts(pids: readonly number[]): ListeningPort[] {
  const found: ListeningPort[] = []
  for (const pid of pids) {
    const inodes: string[] = []
    for (const fd of procNames(`/proc/${pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(procLink(`/proc/${pid}/fd/${fd}`))?.[1]
      if (inode !== undefined) inodes.push(inode)
    }
    if (inodes.length === 0) continue
    const listening = new Map<string, ListeningPort>()
    for (const family of ['tcp', 'tcp6']) {
      for (const line of procText(`/proc/${pid}/net/${family}`).split('\n').slice(1)) {
        const fields = line.trim().split(/\s+/)
        if (fields[3] !== '0A') continue
        const [address = '', port = ''] = (fields[1] ?? '').split(':')
        listening.set(fields[9] ?? '', { port: Number.parseInt(port, 16), pid, host: hostOf(address) })
      }
    }
    // Inodes are handed out in order; descriptors are reused.
    found.push(...inodes.toSorted((a, b) => Number(a) - Number(b)).flatMap((inode) => listening.get(inode) ?? []))
  }
  return found
}

/** Little-endian hex of an address, as /proc prints it, to what a client connects to. */
function hostOf(address: string): string {
  if (address === '00000000000000000000000001000000') return '[::1]'
  if (address.length === 8 && address !== '00000000') {
    const bytes = [6, 4, 2, 0].map((at) => Number.parseInt(address.slice(at, at + 2), 16))
    return bytes.join('.')
  }
  return '127.0.0.1'
}

/** Bytes of physical memory `pid` holds; undefined where that is not known. */
export function residentBytes(pid: number): number | undefined {
  return kilobytes(procText(`/proc/${pid}/status`), 'VmRSS')
}

/** Which of them holds most physical memory; undefined when all are gone. */
export function heaviestOf(pids: readonly number[]): number | undefined {
  let heaviest: { pid: number; bytes: number } | undefined
  for (const pid of pids) {
    const bytes = residentBytes(pid)
    if (bytes !== undefined && (heaviest === undefined || bytes > heaviest.bytes)) heaviest = { pid, bytes }
  }
  return heaviest?.pid
}

export interface MemoryRoom {
  /** What the process may still take before something is killed. */
  availableBytes: number
  /** What sets that: `memory of the machine`, `cgroup limit of 512 MB`. */
  because: 'machine' | 'cgroup'
  limitBytes: number
}

/**
 * How much more memory `pid` may take: the lowest of what the machine has available and what each cgroup above the
 * process leaves (v2 and v1; file pages that can be dropped count as free).
 */
export function memoryRoom(pid: number): MemoryRoom {
  let room: MemoryRoom = {
    availableBytes: kilobytes(procText('/proc/meminfo'), 'MemAvailable') ?? freemem(),
    because: 'machine',
    limitBytes: totalmem(),
  }
  const group = MemoryGroup.ofProcess(pid)?.room()
  if (group !== undefined && group.leftBytes < room.availableBytes) room = { availableBytes: group.leftBytes, because: 'cgroup', limitBytes: group.limitBytes }
  return room
}

export interface ProcessFacts {
  /** The file that runs; empty when this user may not see it. */
  executable: string
  command: string[]
  /** It has a handler for SIGUSR1; without one the signal would end it. */
  catchesUsr1: boolean
  isZombie: boolean
}

/** What is known about a process, or undefined when there is none (or no /proc). */
export function processFacts(pid: number): ProcessFacts | undefined {
  const status = procText(`/proc/${pid}/status`)
  if (status === '') return undefined
  const caught = BigInt(`0x${/^SigCgt:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`)
  return {
    executable: procLink(`/proc/${pid}/exe`),
    command: procText(`/proc/${pid}/cmdline`).split('\0').slice(0, -1),
    catchesUsr1: ((caught >> 9n) & 1n) === 1n,
    isZombie: /^State:\s*Z/m.test(status),
  }
}

// A process may end between listing and reading, and others' processes may be closed to us: both mean "nothing known".
