import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync, readlinkSync, readSync } from 'node:fs'

// A process may end between two looks, and others' processes may be closed to us: both mean "nothing known".

/** A file of /proc or /sys; empty when there is none, or this user may not read it. */
export function procText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/**
 * The beginning of a file that another process made, `mostBytes` at most; undefined where there is none, or it is closed to us.
 * A watch of a whole machine reads what any of its users put there: a pipe would be waited for without end, a file of any
 * size read whole.
 */
export function foreignFile(path: string, mostBytes: number): Uint8Array | undefined {
  let file: number
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch {
    return undefined
  }
  try {
    const stat = fstatSync(file)
    if (!stat.isFile()) return undefined
    const bytes = new Uint8Array(Math.min(stat.size, mostBytes))
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, 0))
  } catch {
    return undefined // its process ended just now
  } finally {
    closeSync(file)
  }
}

/** What is in a folder of a process; nothing when it is not there or closed to us. */
export function procNames(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** Where a link of /proc leads; empty when it is not there or closed to us. */
export function procLink(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

/** Whether the process has a handler for the signal: without one most signals end it. */
export function catchesSignal(pid: number, signal: number): boolean {
  const caught = BigInt(`0x${/^SigCgt:\s*([0-9a-f]+)/m.exec(procText(`/proc/${pid}/status`))?.[1] ?? '0'}`)
  return ((caught >> BigInt(signal - 1)) & 1n) === 1n
}

/** The bytes of a line `Name:   123 kB`; undefined where there is none. */
export function kilobytes(text: string, name: string): number | undefined {
  const found = new RegExp(`^${name}:\\s*(\\d+) kB`, 'm').exec(text)?.[1]
  return found === undefined ? undefined : Number(found) * 1024
}
