import type { Run } from '../../base/run.ts'
import { type Capture, refuseCostlyCapture } from '../../probes/heap-capture.ts'
import { JvmAttach } from '../../probes/jvm-attach.ts'
import { captureHeapDump, classHistogram, type ClassHistogram, forecastDump, jvmVersion, refuseWithoutDisk } from '../../probes/jvm-heap.ts'
import { memoryRoom, residentBytes } from '../../probes/linux-process.ts'
import { explainGrowth } from '../hunt/explain-growth.ts'
import { findDeclaredLines } from '../declared-lines.ts'
import type { Witness } from './witness.ts'

/**
 * A JVM, attached to: class histograms give the floors (each collects fully first), heap dumps what holds it.
 * Nothing is loaded into it and no option is needed.
 * @throws ProbeError, Cancelled
 */
export async function witnessJvm(pid: number, run: Run): Promise<Witness> {
  const jvm = await JvmAttach.open(pid, run)
  const version = await jvmVersion(jvm, run)
  let last: ClassHistogram | undefined
  return {
    runtime: 'jvm',
    title: 'Java',
    version,
    pid,
    format: 'jvm-histogram, hprof',
    async collectAndRead() {
      last = await classHistogram(jvm, run)
      return { heapUsedBytes: last.liveBytes, rssBytes: residentBytes(pid) ?? Number.NaN }
    },
    async mark(stem, { snapshots }): Promise<Capture> {
      const path = `${stem}.hprof`
      const forecast = forecastDump(last ?? (await classHistogram(jvm, run)))
      if (snapshots === 'careful') {
        refuseCostlyCapture(`pid ${pid}`, forecast, memoryRoom(pid))
        refuseWithoutDisk(`pid ${pid}`, path, forecast)
      }
      return captureHeapDump(jvm, path, run)
    },
    async explain(measured, operation) {
      const explained = await explainGrowth(measured, operation, run)
      explained.growth.findings = await findDeclaredLines(explained.growth.findings, { runtime: 'jvm', cwd: process.cwd() }, run)
      return explained
    },
    close: () => Promise.resolve(),
  }
}
