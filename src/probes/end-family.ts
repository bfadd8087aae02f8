import { processTree } from './linux-process.ts'

export interface EndFamilyOptions {
  /** Settled when the leader has ended. */
  exited: Promise<unknown>
  hasEnded: boolean
  /** How long it may take to end by itself. */
  graceMs: number
}

/**
 * Ends the leader of a process group and everything it started: politely, then not. What it started is listed before, since
 * nobody can tell it from other processes once its parent is gone; those that left the group are found so too.
 */
export async function endFamily(leader: number, { exited, hasEnded, graceMs }: EndFamilyOptions): Promise<void> {
  const family = hasEnded ? [] : processTree(leader)
  if (!hasEnded) {
    signalGroup(leader, 'SIGTERM')
    const timer = setTimeout(() => signalGroup(leader, 'SIGKILL'), graceMs)
    // A grandchild may live on after its parent went, and hold its pipes open: what counts is the process, then its family.
    await Promise.race([exited, new Promise((resolve) => setTimeout(resolve, graceMs + 500).unref())])
    clearTimeout(timer)
  }
  signalGroup(leader, 'SIGKILL')
  for (const pid of family) signal(pid, 'SIGKILL')
}

/** A signal to a whole process group, by its leader. */
export function signalGroup(leader: number, name: NodeJS.Signals): void {
  signal(-leader, name)
}

// Whoever is gone already needs no signal.
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}
