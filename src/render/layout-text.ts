import { bytesText } from '../base/bytes-text.ts'
import { safeText } from '../base/safe-text.ts'
import type { Sample } from '../model/memory-series-builder.ts'

/** One kind of mapping, summed. */
interface Group {
  kind: string
  mappingCount: number
  mappedBytes: number
  rssBytes: number
  pssBytes: number
  ussBytes: number
  lazyFreeBytes: number
  swapBytes: number
  referencedBytes: number
}

export interface LayoutPicture {
  pid: number
  command: string
  groups: readonly Group[]
  pageTableBytes?: number | undefined
  sample: Sample
  inside: readonly string[]
  stacks: readonly { name: string; rssBytes: number }[]
  oom: { score: number; adjustment: number; first: readonly { pid: number; command: string; score: number }[] }
}

const WORDS: Readonly<Record<string, string>> = {
  program: 'the program’s own code and constants',
  library: 'shared libraries',
  heap: 'the classic heap (brk): small mallocs',
  anonymous: 'memory without a file: large mallocs, runtime heaps',
  stack: 'the main stack',
  'thread-stack': 'the stacks of its other threads',
  'shared-memory': 'memory shared with others: /dev/shm, memfd, System V',
  file: 'files mapped into memory: caches the kernel can drop',
  kernel: 'pages the kernel lends',
}

const TERMS: readonly [string, string][] = [
  ['RSS', 'pages in memory now, shared ones counted in full'],
  ['PSS', 'the same, each shared page divided among its users'],
  ['USS', 'pages nobody else uses: what ending the process would free'],
  ['lazy-free', 'given back already; the kernel takes them when it needs them'],
  ['working', 'the working set: pages touched since the kernel last looked'],
  ['swap', 'pages moved to disk; they still count against the limit'],
]

/** The address space in words and bytes, 80 columns. */
export function renderLayout(layout: LayoutPicture): string {
  const total = Math.max(1, layout.groups.reduce((sum, group) => sum + group.rssBytes, 0))
  const lines = [`${safeText(layout.command, 60)} (pid ${layout.pid})`, '', '                    RSS       PSS       USS  of RSS']
  for (const group of layout.groups) {
    const bar = '█'.repeat(Math.round((20 * group.rssBytes) / total))
    lines.push(`${group.kind.padEnd(13)} ${size(group.rssBytes)} ${size(group.pssBytes)} ${size(group.ussBytes)}  ${`${Math.round((100 * group.rssBytes) / total)} %`.padStart(6)} ${bar}`)
    lines.push(`              ${WORDS[group.kind] ?? ''}${group.lazyFreeBytes > 0 ? `; ${bytesText(group.lazyFreeBytes)} lazy-free` : ''}${group.swapBytes > 0 ? `; ${bytesText(group.swapBytes)} in swap` : ''}`)
  }
  const sum = (field: 'rssBytes' | 'pssBytes' | 'ussBytes'): number => layout.groups.reduce((all, group) => all + group[field], 0)
  lines.push(`${'together'.padEnd(13)} ${size(sum('rssBytes'))} ${size(sum('pssBytes'))} ${size(sum('ussBytes'))}`)
  if (layout.pageTableBytes !== undefined) lines.push(`page tables   ${size(layout.pageTableBytes)}  kernel memory that maps all this; not part of RSS`)
  lines.push(`working set   ${size(layout.groups.reduce((all, group) => all + group.referencedBytes, 0))}`)
  if (layout.stacks.length > 0) lines.push('', `stacks of threads: ${layout.stacks.slice(0, 2).map(({ name, rssBytes }) => `${safeText(name, 16)} ${bytesText(rssBytes)}`).join(', ')}${layout.stacks.length > 2 ? `, ${layout.stacks.length - 2} more` : ''}`)
  lines.push(...heapLines(layout))
  lines.push('', ...TERMS.map(([term, words]) => `${term.padEnd(10)} ${words}`), '', ...limitLines(layout))
  return `${lines.join('\n')}\n`
}

/** What of the anonymous memory the runtime accounts for, and what is left over. */
function heapLines({ sample, inside }: LayoutPicture): string[] {
  const committed = sample['heap-committed']
  const used = sample['heap-used'] ?? sample['heap-live']
  const anonymous = sample['rss-anon']
  if (used === undefined || anonymous === undefined) return []
  const external = sample.external ?? 0
  const lines = ['', `runtime’s heap  ${bytesText(used)} in use${committed === undefined ? '' : ` of ${bytesText(committed)} taken`} (${safeText(inside.join(', '), 36)})`]
  if (external > 0) lines.push(`beside it       ${bytesText(external)} external: buffers, and what native code holds for it`)
  // What a runtime has taken need not be in memory: a heap may be larger than all that is, and nothing then tells how much of it is.
  const isClear = committed !== undefined && committed + external <= anonymous
  const left = Math.max(0, anonymous - (isClear ? committed : used) - external)
  lines.push(`left over       ${isClear ? '' : 'at most '}${bytesText(left)} of ${bytesText(anonymous)} anonymous: native, stacks, ${isClear ? 'fragments' : 'idle heap'}`)
  return lines
}

function limitLines({ sample, oom, pid }: LayoutPicture): string[] {
  const limit = sample['cgroup-limit']
  const current = sample['cgroup-current']
  const inactive = sample['cgroup-inactive-file'] ?? 0
  const lines: string[] = []
  if (current !== undefined) lines.push(`its group is charged ${bytesText(current)}, ${bytesText(Math.max(0, current - inactive))} without droppable pages; ${limit === undefined ? 'no limit' : `limit ${bytesText(limit)}`}`)
  lines.push(`oom_score ${oom.score}${oom.adjustment === 0 ? '' : ` (adjusted by ${oom.adjustment})`}: when memory runs out, the highest is killed first`)
  for (const each of oom.first) lines.push(`  ${String(each.score).padStart(5)}  ${safeText(each.command, 52)} (pid ${each.pid})${each.pid === pid ? '  ← this one' : ''}`)
  return lines
}

function size(bytes: number): string {
  return bytesText(bytes).padStart(9)
}
