import type { Run } from '../../base/run.ts'

/** Waits; false when stopped meanwhile. */
export async function pause(ms: number, { signal }: Run): Promise<boolean> {
  const stopped = (): boolean => signal?.aborted ?? false
  if (stopped()) return false
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, Math.max(0, ms))
    signal?.addEventListener('abort', done)
  })
  return !stopped()
}

/** The next time of a beat, by `performance.now()`; beats that were missed are left out, not made up for. */
export function nextTime(lastMs: number, everyMs: number): number {
  return lastMs + everyMs * Math.max(1, Math.ceil((performance.now() - lastMs) / everyMs))
}
