import { flat } from './label-table.ts'

const MAX_STACK_CHARACTERS = 2000

/**
 * Where a watch was asked for, as text. Never an `Error` that is kept: until its stack is read it holds the frames'
 * objects. The program's own `Error.prepareStackTrace` may answer with anything, so the answer is taken as text.
 */
export function captureStack(above: (...given: never[]) => unknown): string | undefined {
  try {
    const holder: { stack?: unknown } = {}
    Error.captureStackTrace(holder, above)
    const text = holder.stack
    if (typeof text !== 'string') return undefined
    // Without the heading line ("Error" or "[object Object]"), and flat: a snapshot shows no part of a longer string.
    return flat(text.slice(text.indexOf('\n') + 1).slice(0, MAX_STACK_CHARACTERS))
  } catch {
    // No stack is no reason to disturb the program.
    return undefined
  }
}
