import { atMost } from './at-most.ts'
import { processFacts, processTree } from './linux-process.ts'
import { procText } from './proc-files.ts'

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
    const until = performance.now() + graceMs
    signalGroup(leader, 'SIGTERM')
    // Not to all: many programs take a second signal for impatience, and leave their work undone.
    for (const pid of family) if (groupOf(pid) !== leader) signal(pid, 'SIGTERM')
    await atMost(exited, graceMs)
    // A shell or a master process is gone at once; what it started may have something to finish.
    while (performance.now() < until && family.some((pid) => runs(pid))) await sleep(20)
  }
  signalGroup(leader, 'SIGKILL')
  for (const pid of family) signal(pid, 'SIGKILL')
}

/** A zombie has ended, only nobody took note yet. */
function runs(pid: number): boolean {
  return processFacts(pid)?.isZombie === false
}

/** Field 5 of stat; the leader itself where there is no /proc. */
function groupOf(pid: number): number {
  const stat = procText(`/proc/${pid}/stat`)
  return stat === '' ? pid : Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2])
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
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
