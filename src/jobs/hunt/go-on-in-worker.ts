import { join } from 'node:path'
import { risingWorkers, tellWorkers } from '../../analysis/rounds/worker-rises.ts'
import type { Judgement } from '../../analysis/rounds/judge.ts'
import { KnownError, ProbeError } from '../../base/errors.ts'
import type { Run } from '../../base/run.ts'
import { makeFolder } from '../output-place.ts'
import { findWorker, inWorker } from './find-worker.ts'
import type { HuntEvent } from './hunt-plan.ts'
import type { Measured } from './measure.ts'
import type { Operation } from './operation.ts'
import type { Target } from './target.ts'

/** What was measured and concluded of one thread. */
interface LookedAt {
  target: Target
  measured: Measured
  explained: { judgement: Judgement }
}

interface GoingOn<Looked> {
  target: Target
  operation: Operation
  folder: string
  tell: (event: HuntEvent) => void
  look: (target: Target, folder: string) => Promise<Looked>
}

/** Each takes as long as the main thread did; those of a pool are mostly alike. */
const MOST_WORKERS = 2

/**
 * A hunt whose main thread explains nothing while the floor of a worker thread rises goes on in that worker: rounds and
 * snapshots of it. Where something grows there the answer is about the worker, and says what was seen of the main thread; where
 * the worker cannot be looked into, the program is not called healthy.
 * @throws ProbeError, ReadError, StoreError, Cancelled
 */
export async function goOnInWorker<Looked extends LookedAt>(main: Looked, { target, operation, folder, tell, look }: GoingOn<Looked>, run: Run): Promise<Looked> {
  const { workers, notices, cutShort } = main.measured
  const { judgement } = main.explained
  if (workers === undefined) return main
  const isExplained = judgement.verdict === 'leak' && judgement.unexplained !== 'native'
  const rising = isExplained ? [] : risingWorkers(workers).slice(0, MOST_WORKERS)
  const lookedInto: number[] = []
  for (const { id, label } of rising) {
    tell({ kind: 'note', text: `the floor of ${label} rises, the main thread is ${judgement.verdict}: looking into ${label}` })
    try {
      if (cutShort !== undefined) throw new ProbeError({ target: target.name, step: `looking into ${label}`, problem: cutShort })
      const into = join(folder, `worker-${id}`)
      makeFolder(into)
      const inside = await look(inWorker(target, await findWorker(target, String(id), run)), into)
      lookedInto.push(id)
      if (inside.explained.judgement.verdict !== 'healthy') {
        inside.measured.notices.push(
          { code: 'worker-looked-into', count: 1, message: `this report is about ${label}, whose floor rose; the main thread was looked at before: ${judgement.verdict}` },
          ...tellWorkers(workers, { per: operation.noun, lookedInto }),
        )
        return inside
      }
      notices.push({ code: 'worker-looked-into', count: 1, message: `the floor of ${label} rose at first, so it was looked into: nothing in it keeps growing` })
    } catch (error) {
      run.checkpoint()
      if (!(error instanceof KnownError)) throw error
      notices.push({ code: 'worker-not-looked-into', count: 1, message: `the floor of ${label} rises, but it could not be looked into: ${error.message}` })
      if (judgement.verdict === 'healthy') {
        judgement.verdict = 'undecided'
        judgement.wouldDecide = `--worker ${id}: the main thread keeps nothing, but the floor of ${label} rises`
      }
    }
  }
  notices.push(...tellWorkers(workers, { per: operation.noun, lookedInto }))
  return main
}
