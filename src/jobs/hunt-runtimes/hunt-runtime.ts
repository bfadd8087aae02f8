import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Run } from '../../base/run.ts'
import type { Report } from '../../model/report.ts'
import { type Runtime, runtimeOfCommand, runtimeOfProcess } from '../../probes/runtime-of.ts'
import { GcEvidence } from '../hunt/gc-evidence.ts'
import type { HuntEvent, HuntPlan } from '../hunt/hunt-plan.ts'
import { openOperation } from '../hunt/open-operation.ts'
import { OutputCounter } from '../hunt/own-pace-operation.ts'
import { reportHunt } from '../hunt/report-hunt.ts'
import { mapSources } from '../source-maps.ts'
import { makeFolder } from '../output-place.ts'
import { keepReport } from '../write-report.ts'
import { measureRounds } from './measure-rounds.ts'
import { openProgram } from './open-program.ts'

/** The runtime a plan is about, where it is another than Node. */
export function otherRuntime({ target, runtime }: Pick<HuntPlan, 'target' | 'runtime'>): Exclude<Runtime, 'node'> | undefined {
  const found = runtime ?? (target.kind === 'pprof' ? 'go' : target.kind === 'launch' ? runtimeOfCommand(target.command, { cwd: target.cwd, path: target.env?.['PATH'] }) : target.kind === 'pid' ? runtimeOfProcess(target.pid) : 'node')
  return found === 'node' ? undefined : found
}

/**
 * The hunt for programs of Java, Python and Go: the same rounds, operations, judgement and report as for Node, from what
 * those runtimes give: heap dumps, object graphs of our helper, heap profiles.
 * @throws UsageError, ProbeError, ReadError, StoreError, Cancelled
 */
export async function huntRuntime(plan: HuntPlan, runtime: Exclude<Runtime, 'node'>, run: Run, tell: (event: HuntEvent) => void): Promise<Report> {
  const startedMs = Date.now()
  // A JVM writes its dumps itself, in a working directory of its own.
  const folder = plan.keepIn === undefined ? await mkdtemp(join(tmpdir(), 'stillhere-')) : resolve(plan.keepIn)
  const sockets = await mkdtemp(join(tmpdir(), 'stillhere-ask-'))
  try {
    makeFolder(folder)
    const counter = new OutputCounter()
    const evidence = new GcEvidence(plan.gcLogPath)
    const onLine = (line: string): void => {
      counter.hear(line)
      evidence.hear(line)
      tell({ kind: 'output', line })
    }
    const program = await openProgram(plan.target, runtime, { startTimeoutMs: plan.startTimeoutMs, onLine, folder: sockets }, run)
    const { witness, name } = program
    try {
      const { operation, address, notices } = await openOperation(plan, program, counter, run)
      try {
        tell({ kind: 'ready', target: name, pid: witness.pid, version: witness.version, runtime: witness.title, address })
        const measured = await measureRounds({ plan, program, operation, folder, tell }, run)
        measured.notices.unshift(...notices)
        await operation.close()
        await program.release()
        const { growth, judgement, collections } = await witness.explain(measured, operation, run)
        const measuredReport = reportHunt({
          plan,
          target: name,
          runtime: { pid: witness.pid, version: witness.version, platform: process.platform },
          source: { format: witness.format, runtime: witness.runtime },
          operation,
          address,
          measured,
          growth,
          judgement,
          collections,
          lastedMs: Date.now() - startedMs,
        })
        const report = await evidence.join(await mapSources(measuredReport, { run, cwd: process.cwd() }), run)
        return plan.keepIn === undefined ? report : await keepReport(report, plan.keepIn, run)
      } finally {
        await operation.close()
      }
    } finally {
      await program.release()
    }
  } finally {
    await rm(sockets, { recursive: true, force: true })
    if (plan.keepIn === undefined) await rm(folder, { recursive: true, force: true })
  }
}
