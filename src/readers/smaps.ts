/**
 * /proc/PID/smaps (proc_pid_smaps(5)): one block for each mapping, `addr-addr perms offset dev inode path` and lines
 * `Name: N kB`. Which lines there are depends on the kernel; they are looked up by name, and what is missing counts as 0.
 * Not a reader of the registry: it makes no series but one moment's picture.
 */

/** What a mapping is for, as far as its name tells. */
export const MAPPING_KINDS = ['program', 'library', 'heap', 'anonymous', 'stack', 'shared-memory', 'file', 'kernel'] as const
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
}

const HEAD = /^[0-9a-f]+-[0-9a-f]+ ([-rwxsp]{4}) [0-9a-f]+ [0-9a-f]+:[0-9a-f]+ (\d+)\s*(.*)$/

/** The mappings of one process by kind, those that hold most first. `executable` is the file the process runs. */
export function groupMappings(text: string, executable: string): MappingGroup[] {
  const groups = new Map<MappingKind, MappingGroup>()
  let current: MappingGroup | undefined
  for (const line of text.split('\n')) {
    const head = HEAD.exec(line)
    if (head !== null) {
      const kind = kindOf(head[3], head[1], executable)
      current = groups.get(kind)
      if (current === undefined) {
        current = { kind, mappingCount: 0, mappedBytes: 0, rssBytes: 0, pssBytes: 0, ussBytes: 0, anonymousBytes: 0, lazyFreeBytes: 0, swapBytes: 0 }
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
