import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { overallRate } from '../analysis/rounds/floor.ts'
import { hearWrites } from '../analysis/rounds/hear-writes.ts'
import { UsageError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import type { Report } from '../model/report.ts'
import { PlantedControl } from '../probes/planted-control.ts'
import { type Caught, catchWrites } from './hunt/catch-writes.ts'
import { type ExplainedBySnapshots, explainGrowth } from './hunt/explain-growth.ts'
import { findWorker, inWorker } from './hunt/find-worker.ts'
import { GcEvidence } from './hunt/gc-evidence.ts'
import { goOnInWorker } from './hunt/go-on-in-worker.ts'
import type { HuntEvent, HuntPlan } from './hunt/hunt-plan.ts'
import { type Measured, measure } from './hunt/measure.ts'
import { openOperation } from './hunt/open-operation.ts'
import { OutputCounter } from './hunt/own-pace-operation.ts'
import { huntRuntime, otherRuntime } from './hunt-runtimes/hunt-runtime.ts'
import { reportHunt } from './hunt/report-hunt.ts'
import { openTarget, type Target } from './hunt/target.ts'
import { findHolderLines } from './holder-lines.ts'
import { nameKnownLeaks } from './name-known-leaks.ts'
import { mapSources } from './source-maps.ts'
import { makeFolder } from './output-place.ts'
import { keepReport } from './write-report.ts'
import { writeWholeFile } from './write-whole-file.ts'

/** One thread of the program, measured and explained. */
interface Looked {
  target: Target
  measured: Measured
  explained: ExplainedBySnapshots
  caught: Caught | undefined
}

/**
 * Finds the leak of a running program (of Node here, of other runtimes in hunt-runtimes/): starts or reaches it, repeats an operation in rounds, reads after each
 * what is left when everything is collected, takes heap snapshots on a ladder, and says what grows and who holds it;
 * at last it watches who adds. Worker threads are looked at beside the main thread, and into where one grows.
 * Whatever was started is ended and whatever was opened is closed, also after errors and Ctrl-C.
 * @throws UsageError, ProbeError, ReadError, StoreError, Cancelled
 */
export async function hunt(plan: HuntPlan, run: Run, tell: (event: HuntEvent) => void = () => {}): Promise<Report> {
  const other = otherRuntime(plan)
  if (other !== undefined && plan.worker !== undefined) throw new UsageError({ argument: '--worker', given: `a program of ${other}`, allowed: 'one of Node: others share one heap among their threads' })
  if (other !== undefined) return huntRuntime(plan, other, run, tell)
  const startedMs = Date.now()
  const folder = plan.keepIn ?? (await mkdtemp(join(tmpdir(), 'stillhere-')))
  makeFolder(folder)
  try {
    const counter = new OutputCounter()
    const evidence = new GcEvidence(plan.gcLogPath)
    const onLine = (line: string): void => {
      counter.hear(line)
      evidence.hear(line)
      tell({ kind: 'output', line })
    }
    const target = await openTarget(plan.target, { startTimeoutMs: plan.startTimeoutMs, onLine }, run)
    const { runtime } = target
    const { operation, address, looked } = await (async () => {
      try {
        const { operation, address, notices } = await openOperation(plan, target, counter, run)
        const look = async (thread: Target, into: string): Promise<Looked> => {
          const control = plan.control === undefined ? undefined : new PlantedControl(thread.inspector, operation.per)
          try {
            const measured = await measure({ plan, target: thread, operation, control, folder: into, tell }, run)
            measured.notices.unshift(...target.notices(), ...notices)
            const explained = await explainGrowth(measured, operation, run)
            const { growth, judgement } = explained
            const caught = judgement.verdict === 'healthy' || plan.catching === 'left out' ? undefined : await catchWrites(growth.findings, { target: thread, operation }, run)
            return { target: thread, measured, explained, caught }
          } finally {
            await control?.remove()
          }
        }
        try {
          const work = operation.selfDriven ? undefined : () => operation.perform(1, run)
          const chosen = plan.worker === undefined ? target : inWorker(target, await findWorker(target, plan.worker, run, work))
          tell({ kind: 'ready', target: chosen.name, pid: runtime.pid, version: runtime.version, address, thread: chosen.thread?.label })
          const looked = await goOnInWorker(await look(chosen, folder), { target, operation, folder, tell, look }, run)
          return { operation, address, looked }
        } finally {
          await operation.close()
        }
      } finally {
        await target.release()
      }
    })()
    const { measured, explained, caught } = looked
    const { growth, collections, control } = explained
    const judgement = caught === undefined ? explained.judgement : hearWrites(explained.judgement, caught.seen, { evidence: { ...explained.evidence, findings: caught.findings }, perUnit: overallRate(measured.floors) })
    const findings = await findHolderLines(caught?.findings ?? growth.findings, run)
    growth.findings = await nameKnownLeaks(findings, run, { node: runtime.version })
    const report = reportHunt({ plan, target: looked.target.name, thread: looked.target.thread?.label, runtime, operation, address, measured, growth, judgement, collections, control, caught: caught?.outcomes, lastedMs: Date.now() - startedMs })
    const mapped = await evidence.join(await mapSources(report, { run, cwd: process.cwd() }), run)
    if (plan.keepIn === undefined) return mapped
    return await keepReport(mapped, plan.keepIn, run, async (kept) => {
      if (measured.sampling !== undefined) await writeWholeFile(join(kept, 'allocations.heapprofile'), JSON.stringify(measured.sampling))
    })
  } finally {
    if (plan.keepIn === undefined) await rm(folder, { recursive: true, force: true })
  }
}
