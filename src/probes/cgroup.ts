import { readdirSync, statSync } from 'node:fs'
import { ProbeError } from '../base/errors.ts'
import type { Sample } from '../model/memory-series-builder.ts'
import { procText } from './proc-files.ts'

/**
 * A memory group (cgroup v2 or v1): what is charged to it and to all below it, of what kind, the lowest limit that holds, its
 * own or an ancestor's, how often it ran into it, and how long its tasks waited for memory. v1's `memory.stat` calls anonymous
 * memory `rss` and knows no waiting. Cost: five small reads of files the kernel keeps ready, about 0.1 ms.
 */
export class MemoryGroup {
  readonly folder: string
  readonly #names: VersionNames
  /** From the group itself up to the mount. */
  readonly #folders: readonly string[]

  private constructor(folder: string, names: VersionNames, folders: readonly string[]) {
    this.folder = folder
    this.#names = names
    this.#folders = folders
  }

  /** The group a process is in; undefined when there is none to be seen. `root` is where /proc and /sys are found. */
  static ofProcess(pid: number, { root = '' }: { root?: string } = {}): MemoryGroup | undefined {
    return MemoryGroup.nearest(linesOf(`${root}/proc/${pid}/cgroup`), { root })
  }

  /** The first of these that can be read, or what is above it: inside a container the path shown may not exist below the mount. */
  static nearest(lines: readonly GroupLine[], { root = '' }: { root?: string } = {}): MemoryGroup | undefined {
    for (const { version, path } of lines) {
      const names = VERSIONS[version]
      const parts = path.split('/').filter((part) => part !== '' && part !== '..')
      const folders = parts.map((_, i) => [root + names.mount, ...parts.slice(0, parts.length - i)].join('/')).concat(root + names.mount)
      const from = folders.findIndex((each) => procText(`${each}/${names.current}`) !== '')
      if (from >= 0) return new MemoryGroup(folders[from]!, names, folders.slice(from))
    }
    return undefined
  }

  /**
   * The group of this path: a whole one (`/sys/fs/cgroup/system.slice/shop.service`) or one below the mount.
   * @throws ProbeError when there is no such group, or it has no memory accounting
   */
  static at(path: string, { root = '' }: { root?: string } = {}): MemoryGroup {
    let exists = false
    for (const names of [VERSIONS[2], VERSIONS[1]]) {
      const mount = root + names.mount
      const folder = (path.startsWith(mount) ? path : `${mount}/${path}`).replace(/\/+/g, '/').replace(/(.)\/$/, '$1')
      if (!isFolder(folder)) continue
      exists = true
      if (procText(`${folder}/${names.current}`) === '') continue
      const folders = [folder]
      while (folders.at(-1)!.length > mount.length) folders.push(folders.at(-1)!.slice(0, folders.at(-1)!.lastIndexOf('/')))
      return new MemoryGroup(folder, names, folders)
    }
    throw new ProbeError({
      target: path,
      step: 'reading its memory group',
      problem: exists ? 'memory is not accounted for there' : 'there is no such group',
      hint: exists ? 'Turn it on for the group: echo +memory > cgroup.subtree_control in the folder above.' : 'Give a path below /sys/fs/cgroup (v1: /sys/fs/cgroup/memory); `cat /proc/PID/cgroup` tells that of a process.',
    })
  }

  /** What is charged to it now; `gone` when the group was removed. */
  read(): Sample | 'gone' {
    const names = this.#names
    const current = procText(`${this.folder}/${names.current}`)
    if (current === '') return 'gone'
    const stat = keyed(procText(`${this.folder}/memory.stat`))
    const events = keyed(procText(`${this.folder}/${names.events}`))
    const sample: Sample = {}
    const put = (metric: keyof Sample, value: number | undefined): void => {
      if (value !== undefined && Number.isFinite(value)) sample[metric] = value
    }
    put('cgroup-current', Number(current))
    put('cgroup-anon', stat.get(names.anon))
    put('cgroup-file', stat.get(names.file))
    put('cgroup-shmem', stat.get(names.shmem))
    put('cgroup-inactive-file', stat.get(names.inactiveFile))
    put('cgroup-active-file', stat.get(names.activeFile))
    put('cgroup-kernel', stat.get('kernel') ?? numberOf(`${this.folder}/memory.kmem.usage_in_bytes`))
    put('cgroup-limit', this.#lowestLimit())
    put('cgroup-oom-total', events.get('oom_kill'))
    put('cgroup-limit-total', events.get('max') ?? numberOf(`${this.folder}/memory.failcnt`))
    put('cgroup-stall-total', Number(/^some .*\btotal=(\d+)/m.exec(procText(`${this.folder}/memory.pressure`))?.[1] ?? Number.NaN))
    return sample
  }

  /**
   * What the tightest group on the way up leaves; undefined where none sets a limit. File pages that nobody has mapped count as
   * free, those that were read more than once too (`active_file`): they are dropped before anything is killed. Over v2's
   * `memory.high` nothing is killed, but a process is slowed down until it stands: it counts as a limit.
   */
  room(): GroupRoom | undefined {
    const names = this.#names
    let tightest: GroupRoom | undefined
    for (const folder of this.#folders) {
      // "max" is no number; v1 says "no limit" with a number beyond any memory.
      const limitBytes = Math.min(numberOf(`${folder}/${names.limit}`) ?? Infinity, numberOf(`${folder}/memory.high`) ?? Infinity)
      const usedBytes = numberOf(`${folder}/${names.current}`)
      if (limitBytes > 2 ** 60 || usedBytes === undefined) continue
      const stat = keyed(procText(`${folder}/memory.stat`))
      const of = (name: string): number => stat.get(name) ?? 0
      const droppable = Math.max(of(names.inactiveFile), of(names.inactiveFile) + of(names.activeFile) - of(names.mappedFile))
      const leftBytes = Math.max(0, limitBytes - (usedBytes - droppable))
      if (tightest === undefined || leftBytes < tightest.leftBytes) tightest = { limitBytes, leftBytes }
    }
    return tightest
  }

  /** The processes in it and in the groups below it. */
  pids(): number[] {
    const found: number[] = []
    const folders = [this.folder]
    for (let at = 0; at < folders.length; at++) {
      for (const line of procText(`${folders[at]!}/cgroup.procs`).split('\n')) if (Number(line) > 0) found.push(Number(line))
      for (const name of foldersIn(folders[at]!)) folders.push(`${folders[at]!}/${name}`)
    }
    return found
  }

  /** The lowest limit on the way up; undefined when none is set ("max", or in v1 a number beyond any memory). */
  #lowestLimit(): number | undefined {
    let lowest: number | undefined
    for (const folder of this.#folders) {
      const limit = numberOf(`${folder}/${this.#names.limit}`)
      if (limit !== undefined && limit < 2 ** 60 && (lowest === undefined || limit < lowest)) lowest = limit
    }
    return lowest
  }
}

export interface GroupRoom {
  limitBytes: number
  leftBytes: number
}

/** What the memory group of a process says; empty when there is none to be seen. */
export function cgroupMemory(pid: number): Sample {
  const sample = MemoryGroup.ofProcess(pid)?.read()
  return sample === undefined || sample === 'gone' ? {} : sample
}

/**
 * The memory group of a container, by its id or the beginning of it (docker, podman, containerd, cri-o: all of them write the
 * id into the group's name). Method: /proc/PID/cgroup of every process, cut behind the part with the id: what runs in the
 * container may make groups of its own below. The monitor that podman and cri-o run beside it has a group of that id too.
 * @throws ProbeError when no process runs in such a container, or in more than one
 */
export function groupOfContainer(id: string, { root = '' }: { root?: string } = {}): MemoryGroup {
  const wanted = id.toLowerCase()
  const groups = new Map<string, GroupLine[]>()
  for (const entry of foldersIn(`${root}/proc`)) {
    if (!/^\d+$/.test(entry)) continue
    for (const { version, path } of linesOf(`${root}/proc/${entry}/cgroup`)) {
      const parts = path.split('/')
      // The id is a whole hexadecimal word of the name: docker-4f1c….scope, /docker/4f1c…, cri-containerd-4f1c….scope
      const words = parts.map((part) => (part.includes('conmon') ? undefined : [...part.matchAll(/[0-9a-f]{12,64}(?![0-9a-f])/g)].map(([text]) => text).find((text) => text.startsWith(wanted))))
      const at = words.findIndex((each) => each !== undefined)
      if (at < 0) continue
      const lines = groups.get(words[at]!) ?? []
      lines.push({ version, path: parts.slice(0, at + 1).join('/') })
      groups.set(words[at]!, lines)
    }
  }
  const [found, ...others] = groups
  if (found === undefined || others.length > 0) {
    throw new ProbeError({
      target: `container ${id}`,
      step: 'looking for it',
      problem: found === undefined ? 'no process of this machine is in a memory group of that id' : `${groups.size} containers begin with these letters: ${[...groups.keys()].map((each) => each.slice(0, 20)).join(', ')}`,
      hint: found === undefined ? '`docker ps --no-trunc` or `crictl ps --no-trunc` tells the ids; from inside a container, the others cannot be seen. A path works too: --cgroup PATH.' : 'Give more of it.',
    })
  }
  const group = MemoryGroup.nearest(found[1], { root })
  if (group === undefined) throw new ProbeError({ target: `container ${id}`, step: 'reading its memory group', problem: 'its group is not to be seen from here', hint: 'Run on the host, or give the path: --cgroup PATH.' })
  return group
}

interface VersionNames {
  mount: string
  current: string
  limit: string
  events: string
  anon: string
  file: string
  shmem: string
  inactiveFile: string
  activeFile: string
  mappedFile: string
}

const VERSIONS: Readonly<Record<1 | 2, VersionNames>> = {
  2: { mount: '/sys/fs/cgroup', current: 'memory.current', limit: 'memory.max', events: 'memory.events', anon: 'anon', file: 'file', shmem: 'shmem', inactiveFile: 'inactive_file', activeFile: 'active_file', mappedFile: 'file_mapped' },
  1: { mount: '/sys/fs/cgroup/memory', current: 'memory.usage_in_bytes', limit: 'memory.limit_in_bytes', events: 'memory.oom_control', anon: 'total_rss', file: 'total_cache', shmem: 'total_shmem', inactiveFile: 'total_inactive_file', activeFile: 'total_active_file', mappedFile: 'total_mapped_file' },
}

interface GroupLine {
  version: 1 | 2
  path: string
}

/** The lines of a `cgroup` file that tell of memory. */
function linesOf(file: string): GroupLine[] {
  return procText(file).split('\n').flatMap((line) => {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
    if (path === undefined || controllers === undefined) return []
    if (controllers !== '' && !controllers.split(',').includes('memory')) return []
    return [{ version: controllers === '' ? (2 as const) : (1 as const), path }]
  })
}

function keyed(text: string): Map<string, number> {
  return new Map(text.split('\n').map((line) => [line.slice(0, line.indexOf(' ')), Number(line.slice(line.indexOf(' ') + 1))]))
}

function numberOf(file: string): number | undefined {
  const value = Number.parseInt(procText(file), 10)
  return Number.isNaN(value) ? undefined : value
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name)
  } catch {
    return []
  }
}
