import { readFileSync } from 'node:fs'
import type { Sample } from '../model/memory-series-builder.ts'

/**
 * The memory group of a process, cgroup v2 or v1: what is charged to it, of what kind, and the lowest limit that holds, its
 * own or an ancestor's. v1's `memory.stat` calls anonymous memory `rss`. Empty when there is no group or no limit to be seen.
 */
export function cgroupMemory(pid: number): Sample {
  const place = placeOf(pid)
  if (place === undefined) return {}
  const folder = place.folders.find((each) => textOf(`${each}/${place.currentName}`) !== '')
  if (folder === undefined) return {}
  const stat = keyed(textOf(`${folder}/memory.stat`))
  const sample: Sample = {}
  const put = (metric: keyof Sample, value: number | undefined): void => {
    if (value !== undefined && Number.isFinite(value)) sample[metric] = value
  }
  put('cgroup-current', Number(textOf(`${folder}/${place.currentName}`) || Number.NaN))
  put('cgroup-anon', stat.get(place.version === 2 ? 'anon' : 'total_rss'))
  put('cgroup-file', stat.get(place.version === 2 ? 'file' : 'total_cache'))
  put('cgroup-shmem', stat.get(place.version === 2 ? 'shmem' : 'total_shmem'))
  put('cgroup-inactive-file', stat.get(place.version === 2 ? 'inactive_file' : 'total_inactive_file'))
  put('cgroup-active-file', stat.get(place.version === 2 ? 'active_file' : 'total_active_file'))
  put('cgroup-kernel', stat.get('kernel'))
  put('cgroup-limit', lowestLimit(place))
  return sample
}

interface Place {
  version: 1 | 2
  currentName: string
  limitName: string
  /** From the group itself up to the mount. */
  folders: string[]
}

function placeOf(pid: number): Place | undefined {
  for (const line of textOf(`/proc/${pid}/cgroup`).split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
    if (path === undefined || controllers === undefined) continue
    if (controllers !== '' && !controllers.split(',').includes('memory')) continue
    const version = controllers === '' ? 2 : 1
    const base = version === 2 ? '/sys/fs/cgroup' : '/sys/fs/cgroup/memory'
    const parts = path.split('/').filter((part) => part !== '' && part !== '..')
    // Inside a container the path shown may not exist below the mount; the mount itself is the group then.
    const folders = parts.map((_, i) => [base, ...parts.slice(0, parts.length - i)].join('/')).concat(base)
    return { version, folders, currentName: version === 2 ? 'memory.current' : 'memory.usage_in_bytes', limitName: version === 2 ? 'memory.max' : 'memory.limit_in_bytes' }
  }
  return undefined
}

/** The lowest limit on the way up; undefined when none is set ("max", or in v1 a number beyond any memory). */
function lowestLimit({ folders, limitName }: Place): number | undefined {
  let lowest: number | undefined
  for (const folder of folders) {
    const limit = Number.parseInt(textOf(`${folder}/${limitName}`), 10)
    if (!Number.isNaN(limit) && limit < 2 ** 60 && (lowest === undefined || limit < lowest)) lowest = limit
  }
  return lowest
}

function keyed(text: string): Map<string, number> {
  return new Map(text.split('\n').map((line) => [line.slice(0, line.indexOf(' ')), Number(line.slice(line.indexOf(' ') + 1))]))
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return ''
  }
}
