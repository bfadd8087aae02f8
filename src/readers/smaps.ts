/**
 * /proc/PID/smaps (proc_pid_smaps(5)): one block for each mapping, `addr-addr perms offset dev inode path` and lines
 * `Name: N kB`. Which lines there are depends on the kernel; they are looked up by name, and what is missing counts as 0.
 * Not a reader of the registry: it makes no series but one moment's picture.
 */

/** What a mapping is for, as far as its name tells. */
export const MAPPING_KINDS = ['program', 'library', 'heap', 'anonymous', 'stack', 'thread-stack', 'shared-memory', 'file', 'kernel'] as const
export type MappingKind = (typeof MAPPING_KINDS)[number]

export interface MappingGroup {
  kind: MappingKind
  mappingCount: number
  mappedBytes: number
  rssBytes: number
  pssBytes: number
  /** Pages no other process shares: what would be free if this one ended. */
  ussBytes: number
  anonymousBytes: number
  lazyFreeBytes: number
  swapBytes: number
  /** Touched since the kernel last asked: what it works with, its working set. */
  referencedBytes: number
}

/** Where a thread of the process has its stack now. */
export interface ThreadStack {
  name: string
  /** An address on it. */
  pointer: number
}

const FIELDS: Readonly<Record<string, Exclude<keyof MappingGroup, 'kind' | 'mappingCount'>>> = {
  Size: 'mappedBytes',
  Rss: 'rssBytes',
  Pss: 'pssBytes',
  Private_Clean: 'ussBytes',
  Private_Dirty: 'ussBytes',
  Anonymous: 'anonymousBytes',
  LazyFree: 'lazyFreeBytes',
  Swap: 'swapBytes',
  Referenced: 'referencedBytes',
}

const HEAD = /^([0-9a-f]+)-([0-9a-f]+) ([-rwxsp]{4}) [0-9a-f]+ [0-9a-f]+:[0-9a-f]+ (\d+)\s*(.*)$/

/**
 * The mappings of one process by kind, those that hold most first. `executable` is the file the process runs. A mapping without a
 * name is a thread's stack when one of `stacks` points into it; the kernel itself no longer says so.
 */
export function groupMappings(text: string, executable: string, stacks: readonly ThreadStack[] = []): MappingGroup[] {
  const groups = new Map<MappingKind, MappingGroup>()
  let current: MappingGroup | undefined
  for (const line of text.split('\n')) {
    const head = HEAD.exec(line)
    if (head !== null) {
      const named = kindOf(head[5], head[3], executable)
      const kind = named === 'anonymous' && stackIn(head, stacks) !== undefined ? 'thread-stack' : named
      current = groups.get(kind)
      if (current === undefined) {
        current = { kind, mappingCount: 0, mappedBytes: 0, rssBytes: 0, pssBytes: 0, ussBytes: 0, anonymousBytes: 0, lazyFreeBytes: 0, swapBytes: 0, referencedBytes: 0 }
        groups.set(kind, current)
      }
      current.mappingCount++
      continue
    }
    const value = /^(\w+):\s+(\d+) kB$/.exec(line)
    const field = value === null ? undefined : FIELDS[value[1]]
    if (current !== undefined && field !== undefined && value !== null) current[field] += Number(value[2]) * 1024
  }
  return [...groups.values()].toSorted((a, b) => b.rssBytes - a.rssBytes)
}

/** What each thread's stack holds, the largest first. */
export function sizeStacks(text: string, stacks: readonly ThreadStack[]): { name: string; rssBytes: number }[] {
  const found: { name: string; rssBytes: number }[] = []
  let current: { name: string; rssBytes: number } | undefined
  for (const line of text.split('\n')) {
    const head = HEAD.exec(line)
    if (head !== null) {
      const stack = head[5] === '' ? stackIn(head, stacks) : undefined
      current = stack === undefined ? undefined : { name: stack.name, rssBytes: 0 }
      if (current !== undefined) found.push(current)
    } else if (current !== undefined && line.startsWith('Rss:')) current.rssBytes = Number.parseInt(line.slice(4), 10) * 1024
  }
  return found.toSorted((a, b) => b.rssBytes - a.rssBytes)
}

/** Addresses of user space have 47 bits (56 with five levels of tables, of which a program must ask for the upper ones): exact as numbers. */
function stackIn(head: RegExpExecArray, stacks: readonly ThreadStack[]): ThreadStack | undefined {
  if (stacks.length === 0) return undefined
  const [from, to] = [Number.parseInt(head[1], 16), Number.parseInt(head[2], 16)]
  return stacks.find(({ pointer }) => pointer >= from && pointer < to)
}

function kindOf(path: string, permissions: string, executable: string): MappingKind {
  if (path === '[heap]') return 'heap'
  if (/^\[stack|^\[anon:.*stack/i.test(path)) return 'stack'
  if (/^\[(?:vdso|vvar|vsyscall|uprobes)/.test(path)) return 'kernel'
  if (path === '' || path.startsWith('[anon')) return 'anonymous'
  if (/^\/(?:dev\/shm|memfd:|SYSV)|^\/dev\/zero/.test(path) || path.startsWith('[anon_shmem')) return 'shared-memory'
  if (path === executable) return 'program'
  if (/\.so(?:\.|$)/.test(path) || (permissions.includes('x') && path.startsWith('/'))) return 'library'
  return 'file'
}
