import { ProbeError } from '../../base/errors.ts'
import type { Run } from '../../base/run.ts'
import { atMost } from '../../probes/at-most.ts'
import { type WorkerThread, WorkerThreads } from '../../probes/worker-threads.ts'
import { pause, type Target } from './target.ts'

const PATIENCE_MS = 5000
const ANSWER_MS = 10_000

/** The same program, looked at in one of its worker threads. */
export function inWorker(target: Target, thread: WorkerThread): Target {
  const { session } = thread.inspector
  return { ...target, name: `${target.name}, ${thread.label}`, inspector: thread.inspector, thread, ended: () => target.ended() ?? (session.isOpen ? undefined : `${thread.label} ended`) }
}

/**
 * The worker thread of this number or name; a pool may start its threads late, so it is waited for a while, and `work` has
 * the program do something meanwhile.
 * @throws ProbeError with the list of those that run when there is none, or several, or it does not answer; Cancelled
 */
export async function findWorker(target: Target, wanted: string, run: Run, work: () => Promise<unknown> = () => pause(50)): Promise<WorkerThread> {
  const workers = await WorkerThreads.attach(target.inspector)
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until && target.ended() === undefined && choose(workers.all, wanted).length === 0; ) {
    run.checkpoint()
    run.progress({ step: `waiting for worker ${wanted}`, done: 0 })
    await work()
  }
  const { all } = workers
  const [found, ...others] = choose(all, wanted)
  const step = 'looking for its worker thread'
  const hint = all.length === 0 ? 'No worker thread runs in it: leave --worker out.' : `Those that run: ${all.map(({ label }) => label).join(', ')}. Give the number.`
  if (found === undefined) throw new ProbeError({ target: target.name, step, problem: target.ended() ?? `there is none with the number or name ${wanted}`, hint })
  if (others.length > 0) throw new ProbeError({ target: target.name, step, problem: `${others.length + 1} are called ${wanted}`, hint })
  // Collections and snapshots need a turn of its event loop; to tell its numbers it needs none.
  if (await atMost(found.inspector.collectGarbage().then(() => true), ANSWER_MS)) return found
  throw new ProbeError({
    target: target.name,
    step: `asking ${found.label}`,
    problem: `no answer within ${ANSWER_MS / 1000} s: its event loop does not turn`,
    hint: "It computes without a pause, or sleeps in Atomics.wait (as those of piscina do unless started with atomics: 'disabled'). Else let it call v8.writeHeapSnapshot() itself.",
  })
}

/** Numbers go before names. */
function choose(all: readonly WorkerThread[], wanted: string): WorkerThread[] {
  const numbered = all.filter(({ id }) => String(id) === wanted)
  return numbered.length > 0 ? numbered : all.filter(({ name }) => name === wanted)
}
