import { ProbeError } from '../../base/errors.ts'
import type { Run } from '../../base/run.ts'
import type { Sample } from '../../model/memory-series-builder.ts'
import { groupOfContainer, MemoryGroup } from '../../probes/cgroup.ts'
import { commandOf, LinuxMemory, listProcesses } from '../../probes/linux-memory.ts'
import { ProcessFamily } from '../../probes/process-family.ts'
import { heaviestOf } from '../../probes/linux-process.ts'
import { findUnit } from '../../probes/systemd-unit.ts'
import { pause } from './pause.ts'
import type { WatchTarget } from './watch-plan.ts'

/** What is watched, whatever it is: a process, a family of them, a memory group. */
export interface Watched {
  /** The process itself, or the largest of the group. */
  readonly pid: number
  readonly command: string
  readonly startedAtMs: number
  /** The one that holds most of it: whom to ask inside, and to hunt. */
  mainPid(): number
  read(): Sample | 'gone' | 'replaced'
  /** What costs, for once a minute at most. */
  readDeep(): Sample
  /** Which files are closed to this user. */
  whatIsClosed(): string[]
}

/** A process known by what outlives its restarts. */
export type ProcessByName = Extract<WatchTarget, { kind: 'name' | 'service' }>

/** The process that is meant now: the newest of a name, the main one of a service. @throws ProbeError when none runs */
export async function findProcess(target: ProcessByName, run: Run): Promise<number> {
  if (target.kind === 'service') {
    const { mainPid } = await findUnit(target.name)
    if (mainPid === 0) throw noMainProcess(target.name)
    return mainPid
  }
  const found = await pidByName(target.name, run, 0)
  if (found === undefined) throw new ProbeError({ target: target.name, step: 'finding it', problem: 'no process has this in its command line', hint: 'Try `pgrep -af` with the same word.' })
  return found
}

function noMainProcess(service: string): ProbeError {
  return new ProbeError({ target: `service ${service}`, step: 'finding its process', problem: 'systemd names no main process of it', hint: 'Name the program instead: --name TEXT or --pid N.' })
}

/** @throws ProbeError when it is not there, or cannot be read at all */
export async function openTarget(target: Exclude<WatchTarget, { kind: 'command' }>, children: 'with' | 'without', run: Run): Promise<Watched> {
  switch (target.kind) {
    case 'pid':
      return openProcess(target.pid, children)
    case 'name':
      return openProcess(await findProcess(target, run), children)
    case 'service':
      return openService(target.name, children)
    case 'cgroup':
      return new WatchedGroup(MemoryGroup.at(target.path), target.path)
    case 'container':
      return new WatchedGroup(groupOfContainer(target.id), `container ${target.id}`)
  }
}

export function openProcess(pid: number, children: 'with' | 'without'): Watched {
  const memory = LinuxMemory.open(pid)
  return children === 'with' ? new ProcessFamily(memory) : memory
}

/** The same target after it ended, as soon as it runs again; undefined when it is one that never does, or it did not until then. */
export async function openAgain(target: WatchTarget, children: 'with' | 'without', run: Run, waitMs: number): Promise<Watched | undefined> {
  const until = performance.now() + waitMs
  if (target.kind === 'name') {
    const pid = await pidByName(target.name, run, waitMs)
    return pid === undefined ? undefined : openProcess(pid, children)
  }
  if (target.kind !== 'service') return undefined
  while (await pause(Math.min(1000, Math.max(0, until - performance.now())), run)) {
    try {
      return await openService(target.name, children)
    } catch (error) {
      if (!(error instanceof ProbeError)) throw error
      if (performance.now() >= until) return undefined // it does not run yet
    }
  }
  return undefined
}

/** A service's group where systemd accounts for its memory, else its main process and what that started. */
async function openService(name: string, children: 'with' | 'without'): Promise<Watched> {
  const { name: unit, group, mainPid } = await findUnit(name)
  if (group !== '') {
    try {
      return new WatchedGroup(MemoryGroup.at(group), unit, mainPid)
    } catch (error) {
      if (mainPid === 0) throw error
    }
  }
  if (mainPid === 0) throw noMainProcess(name)
  return openProcess(mainPid, group === '' ? children : 'with')
}

/** The newest process whose command line holds the name; waits for one so long. */
async function pidByName(name: string, run: Run, waitMs: number): Promise<number | undefined> {
  const until = performance.now() + waitMs
  for (;;) {
    const found = listProcesses()
      .filter(({ pid }) => pid !== process.pid && commandOf(pid).includes(name) && !commandOf(pid).includes('stillhere'))
      .toSorted((a, b) => Number(b.startTicks) - Number(a.startTicks))[0]
    if (found !== undefined) return found.pid
    if (performance.now() >= until || !(await pause(500, run))) return undefined
  }
}

/**
 * A memory group: what is charged to it, and the descriptors and threads of all its processes. It ends when its last process
 * does; that of a service already with its main process, since the group lives on under the restarted one.
 */
class WatchedGroup implements Watched {
  readonly command: string
  readonly startedAtMs: number
  readonly pid: number
  readonly #group: MemoryGroup
  readonly #main: LinuxMemory
  readonly #endsWith: 'main' | 'last'
  #members = new Map<number, LinuxMemory>()

  constructor(group: MemoryGroup, name: string, mainPid = 0) {
    this.#group = group
    const members = group.pids().filter((pid) => pid !== process.pid)
    const pid = members.includes(mainPid) ? mainPid : heaviestOf(members)
    if (pid === undefined) throw new ProbeError({ target: name, step: 'looking into its memory group', problem: 'no process is in it', hint: `The group is ${group.folder}. Is the program running?` })
    this.#main = LinuxMemory.open(pid)
    this.#endsWith = pid === mainPid ? 'main' : 'last'
    this.pid = pid
    this.command = name
    this.startedAtMs = this.#main.startedAtMs
  }

  mainPid(): number {
    return heaviestOf(this.#group.pids()) ?? this.pid
  }

  read(): Sample | 'gone' | 'replaced' {
    const sample = this.#group.read()
    if (sample === 'gone') return 'gone'
    if (this.#endsWith === 'main' && typeof this.#main.read() === 'string') return 'gone'
    const members = this.#listMembers()
    if (members.length === 0) return 'gone'
    let [descriptors, threads] = [0, 0]
    for (const member of members) {
      const own = member.read()
      if (typeof own === 'string') continue
      descriptors += own['fd-count'] ?? 0
      threads += own['thread-count'] ?? 0
    }
    return { ...sample, ...(descriptors > 0 ? { 'fd-count': descriptors } : {}), 'thread-count': threads }
  }

  readDeep(): Sample {
    return {}
  }

  whatIsClosed(): string[] {
    return []
  }

  #listMembers(): LinuxMemory[] {
    const known = this.#members
    this.#members = new Map()
    for (const pid of this.#group.pids()) {
      try {
        this.#members.set(pid, known.get(pid) ?? LinuxMemory.open(pid))
      } catch {
        // it ended meanwhile
      }
    }
    return [...this.#members.values()]
  }
}
