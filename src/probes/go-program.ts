import { closeSync, openSync, readFileSync, readSync } from 'node:fs'

/**
 * Whether a file is a program made by Go: it has a section `.go.buildinfo` (Go 1.13 and later, stripped ones too).
 * Cost: two small reads. Format: ELF, as in elf(5); other systems' binaries are not looked at.
 */
export function isGoProgram(path: string): boolean {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    return false
  }
  try {
    const head = readAt(file, 0, 64)
    if (head.length < 64 || head.readUInt32BE(0) !== 0x7f454c46 || head[4] !== 2 || head[5] !== 1) return false
    const [sections, size, count, names] = [Number(head.readBigUInt64LE(40)), head.readUInt16LE(58), head.readUInt16LE(60), head.readUInt16LE(62)]
    if (size < 64 || names >= count) return false
    const table = readAt(file, sections, size * count)
    const entry = names * size
    if (entry + 64 > table.length) return false
    const text = readAt(file, Number(table.readBigUInt64LE(entry + 24)), Math.min(1 << 20, Number(table.readBigUInt64LE(entry + 32))))
    return text.includes('.go.buildinfo')
  } catch {
    return false // no numbers where an ELF file has them
  } finally {
    closeSync(file)
  }
}

/** How Go's collector of this process is set, from its environment: percent, and whether a memory limit overrides it. */
export interface GoCollector {
  /** GOGC; undefined when it is off. */
  percent?: number | undefined
  hasMemoryLimit: boolean
}

/** GOGC and GOMEMLIMIT as the process was started; the defaults where its environment is closed to this user. */
export function goCollectorOf(pid: number): GoCollector {
  let environment: string[] = []
  try {
    environment = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0')
  } catch {
    // another user's: the default holds more often than not
  }
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

function readAt(file: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  return bytes.subarray(0, readSync(file, bytes, 0, length, position))
}
