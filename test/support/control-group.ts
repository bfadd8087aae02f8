import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const MOUNTS = [
  { root: '/sys/fs/cgroup/memory', limit: 'memory.limit_in_bytes', events: 'memory.oom_control' },
  { root: '/sys/fs/cgroup', limit: 'memory.max', events: 'memory.events' },
] as const
let made = 0

export interface ControlGroup {
  /** A process joins by writing its id to `cgroup.procs` there. Removed with `rmdirSync` when none is left. */
  folder: string
  /** How many processes the kernel ended in it for want of memory. */
  killed(): number
}

/** A memory group (cgroup v1 or v2) with this limit; undefined where this machine does not let us make one. */
export function controlGroup(bytes: number): ControlGroup | undefined {
  for (const { root, limit, events } of MOUNTS) {
    const folder = join(root, `stillhere-test-${process.pid}-${made++}`)
    try {
      mkdirSync(folder)
    } catch {
      continue
    }
    try {
      if (!existsSync(join(folder, 'cgroup.procs'))) throw new Error('a folder of no control group') // beside version 1 the mount is a plain one
      writeFileSync(join(folder, limit), String(Math.round(bytes)))
      return { folder, killed: () => Number(/^oom_kill (\d+)/m.exec(readFileSync(join(folder, events), 'utf8'))?.[1]) }
    } catch {
      rmdirSync(folder)
    }
  }
  return undefined
}
