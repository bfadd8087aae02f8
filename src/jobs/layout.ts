import { readFileSync } from 'node:fs'
import { ProbeError } from '../base/errors.ts'
import type { Sample } from '../model/memory-series-builder.ts'
import { commandOf, LinuxMemory, listProcesses } from '../probes/linux-memory.ts'
import { groupMappings, type MappingGroup, sizeStacks, type ThreadStack } from '../readers/smaps.ts'
import { procLink, procNames, procText } from '../probes/proc-files.ts'
import { Inside } from './watch/inside.ts'

export interface MemoryLayout {
  pid: number
  command: string
  groups: MappingGroup[]
  /** Kernel memory that maps the pages: grows with the address space, charged to the process's group. */
  pageTableBytes?: number | undefined
  /** What it holds in all; from inside too, where the runtime publishes it. */
  sample: Sample
  /** Where the numbers from inside come from. */
  inside: string[]
  /** The stacks of its threads but the first, the largest first. */
  stacks: { name: string; rssBytes: number }[]
  oom: { score: number; adjustment: number; first: { pid: number; command: string; score: number }[] }
}

/**
 * The address space of one process, as it is now. `metricsUrl`: a page of it that tells of its heap.
 * @throws ProbeError when it is gone or closed to this user, or its page does not answer
 */
export async function readLayout(pid: number, { metricsUrl }: { metricsUrl?: string | undefined } = {}): Promise<MemoryLayout> {
  const memory = LinuxMemory.open(pid)
  let smaps = ''
  try {
    smaps = readFileSync(`/proc/${pid}/smaps`, 'utf8')
  } catch (error) {
    const closed = (error as NodeJS.ErrnoException).code === 'EACCES' || (error as NodeJS.ErrnoException).code === 'EPERM'
    throw new ProbeError({
      target: `pid ${pid}`,
      step: `reading /proc/${pid}/smaps`,
      problem: closed ? 'it is closed to this user' : 'the process ended',
      ...(closed ? { hint: 'Run as the owner of the process with ptrace permission, or as root.' } : {}),
      cause: error,
    })
  }
  const state = memory.read()
  const status = procText(`/proc/${pid}/status`)
  const tables = /^VmPTE:\s*(\d+) kB/m.exec(status)?.[1]
  const stacks = threadStacks(pid)
  const inside = await Inside.open(pid, { metricsUrl, inside: 'read', target: { kind: 'pid', pid } })
  let told: Sample
  try {
    told = await inside.read()
  } finally {
    await inside.close()
  }
  return {
    pid,
    command: memory.command,
    groups: groupMappings(smaps, procLink(`/proc/${pid}/exe`), stacks),
    stacks: sizeStacks(smaps, stacks),
    inside: inside.from,
    pageTableBytes: tables === undefined ? undefined : Number(tables) * 1024,
    sample: { ...(typeof state === 'string' ? {} : state), ...memory.readDeep(), ...told },
    oom: { score: scoreOf(pid), adjustment: Number(procText(`/proc/${pid}/oom_score_adj`) || 0), first: firstToDie() },
  }
}

/**
 * Where the threads of a process stand on their stacks. Method: the last but one word of /proc/PID/task/TID/syscall, which the
 * kernel gives of a thread that waits, to who may trace the process; a thread that runs just now is left out.
 */
function threadStacks(pid: number): ThreadStack[] {
  const found: ThreadStack[] = []
  for (const thread of procNames(`/proc/${pid}/task`)) {
    if (Number(thread) === pid) continue // the main stack has a name
    const pointer = Number(procText(`/proc/${pid}/task/${thread}/syscall`).split(' ').at(-2) ?? Number.NaN)
    if (pointer > 0) found.push({ name: procText(`/proc/${pid}/task/${thread}/comm`).trim(), pointer })
  }
  return found
}

/** Whom the kernel would kill first when memory runs out: the highest oom_score. */
function firstToDie(): MemoryLayout['oom']['first'] {
  return listProcesses()
    .map(({ pid }) => ({ pid, score: scoreOf(pid) }))
    .toSorted((a, b) => b.score - a.score)
    .slice(0, 3)
    .map(({ pid, score }) => ({ pid, command: commandOf(pid), score }))
}

function scoreOf(pid: number): number {
  return Number(procText(`/proc/${pid}/oom_score`) || 0)
}
