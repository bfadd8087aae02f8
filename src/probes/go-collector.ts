import { procText } from './proc-files.ts'

/** How Go's collector of this process is set, from its environment: percent, and whether a memory limit overrides it. */
export interface GoCollector {
  /** GOGC; undefined when it is off. */
  percent?: number | undefined
  hasMemoryLimit: boolean
}

/** GOGC and GOMEMLIMIT as the process was started; the defaults where its environment is closed to this user. */
export function goCollectorOf(pid: number): GoCollector {
  const environment = procText(`/proc/${pid}/environ`).split('\0')
  const value = (name: string): string | undefined => environment.find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1)
  const percent = value('GOGC')
  const limit = value('GOMEMLIMIT')
  return { percent: percent === 'off' ? undefined : Number(percent ?? 100) > 0 ? Number(percent ?? 100) : 100, hasMemoryLimit: limit !== undefined && limit !== 'off' }
}

/** The smallest goal of Go's collector at GOGC=100; below it the goal says nothing of what is live. */
const SMALLEST_GOAL = 4 << 20

/**
 * Live memory of Go after the last collection, from the goal it led to: live = goal / (1 + GOGC/100). Since Go 1.18 the goal
 * also counts stacks and globals, so this is a little too high, by the same amount all the time. Undefined where the goal was
 * set by something else: its minimum, a memory limit, GOGC=off.
 */
export function liveFromGoal(goalBytes: number, { percent, hasMemoryLimit }: GoCollector): number | undefined {
  if (percent === undefined || hasMemoryLimit || !(goalBytes > (SMALLEST_GOAL * percent) / 100)) return undefined
  return goalBytes / (1 + percent / 100)
}
