import { readFileSync, readlinkSync } from 'node:fs'

// A process may end between two looks, and others' processes may be closed to us: both mean "nothing known".

/** A file of /proc; empty when there is none, or this user may not read it. */
export function procText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
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
