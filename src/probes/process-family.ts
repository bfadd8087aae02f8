import { readdirSync, readFileSync } from 'node:fs'
import type { Sample } from '../model/memory-series-builder.ts'
import { LinuxMemory } from './linux-memory.ts'
import { heaviestOf, processTree } from './linux-process.ts'

/** What is summed over a family; everything else is the first process's own. */
const SUMMED = ['rss', 'rss-anon', 'rss-file', 'rss-shmem', 'swap', 'vsize', 'fd-count', 'thread-count', 'pss', 'uss', 'lazy-free'] as const

/**
 * A process and everything it started, as one sum: a server that forks its workers, a shell with what it runs. Pages that
 * several of them share (what they had before the fork) count in each one's RSS; `pss` counts them once.
 * Cost: that of one process for each, and a small read for each of its threads to find its children.
 */
export class ProcessFamily {
  readonly #first: LinuxMemory
  readonly #members = new Map<number, LinuxMemory>()

  constructor(first: LinuxMemory) {
    this.#first = first
  }

  get pid(): number {
    return this.#first.pid
  }
  get command(): string {
    return this.#first.command
  }
  get startedAtMs(): number {
    return this.#first.startedAtMs
  }

  /** The member that holds most: behind a wrapper or a master process, the one that works. */
  mainPid(): number {
    return heaviestOf([this.pid, ...descendantsOf(this.pid)]) ?? this.pid
  }

  read(): Sample | 'gone' | 'replaced' {
    const own = this.#first.read()
    if (typeof own === 'string') return own
    return this.#sum(own, (member) => member.read())
  }

  readDeep(): Sample {
    return this.#sum(this.#first.readDeep(), (member) => member.readDeep())
  }

  whatIsClosed(): string[] {
    return this.#first.whatIsClosed()
  }

  #sum(own: Sample, read: (member: LinuxMemory) => Sample | string): Sample {
    const total: Sample = { ...own }
    for (const member of this.#descendants()) {
      const sample = read(member)
      if (typeof sample === 'string') continue // it ended between listing and reading
      for (const metric of SUMMED) {
        const value = sample[metric]
        if (value !== undefined) total[metric] = (total[metric] ?? 0) + value
      }
    }
    return total
  }

  #descendants(): LinuxMemory[] {
    const now = descendantsOf(this.#first.pid)
    for (const pid of this.#members.keys()) if (!now.includes(pid)) this.#members.delete(pid)
    return now.flatMap((pid) => {
      let member = this.#members.get(pid)
      if (member === undefined) {
        try {
          member = LinuxMemory.open(pid)
        } catch {
          return [] // it ended meanwhile
        }
        this.#members.set(pid, member)
      }
      return [member]
    })
  }
}

/** All processes below `pid`. Method: `children` of every thread; where the kernel has no such file, one pass over /proc. */
export function descendantsOf(pid: number): number[] {
  const found: number[] = []
  const waiting = [pid]
  for (let at = 0; at < waiting.length; at++) {
    const children = childrenOf(waiting[at]!)
    if (children === undefined) return processTree(pid).slice(1)
    found.push(...children)
    waiting.push(...children)
  }
  return found
}

function childrenOf(pid: number): number[] | undefined {
  let threads: string[]
  try {
    threads = readdirSync(`/proc/${pid}/task`)
  } catch {
    return [] // it ended
  }
  const found: number[] = []
  for (const thread of threads) {
    try {
      found.push(...readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter((each) => each !== '').map(Number))
    } catch (error) {
      // A kernel without CONFIG_PROC_CHILDREN has no such file, even of ourselves.
      if (pid === process.pid || ((error as NodeJS.ErrnoException).code === 'ENOENT' && !hasChildrenFiles())) return undefined
    }
  }
  return found
}

function hasChildrenFiles(): boolean {
  try {
    readFileSync(`/proc/self/task/${process.pid}/children`)
    return true
  } catch {
    return false
  }
}
