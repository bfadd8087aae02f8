import { statSync } from 'node:fs'
import { allocationPlaces } from '../../analysis/allocation/allocation-places.ts'
import { bytesText, countText } from '../../base/bytes-text.ts'
import type { Run } from '../../base/run.ts'
import { refuseCostlyCapture } from '../../probes/heap-capture.ts'
import { JvmAttach } from '../../probes/jvm-attach.ts'
import { captureHeapDump, classHistogram, forecastDump, jvmVersion, refuseWithoutDisk } from '../../probes/jvm-heap.ts'
import { memoryRoom } from '../../probes/linux-process.ts'
import { writeWholeFile } from '../write-whole-file.ts'
import { refuseToOverwrite, type SnapshotPlan, type SnapshotTaken } from './snapshot-plan.ts'

/** Rows of the histogram that are told. */
const MOST_ROWS = 5

/**
 * A heap dump of a running JVM. The class histogram comes first: it is cheap, says how large the dump will be, and
 * stays as evidence where the dump is refused.
 * @throws UsageError when a file it would write exists; ProbeError, StoreError, Cancelled
 */
export async function takeJvmSnapshot(pid: number, path: string, { snapshots }: Pick<SnapshotPlan, 'snapshots'>, run: Run): Promise<SnapshotTaken> {
  const histogramPath = `${path.replace(/\.hprof$/, '')}.histogram.txt`
  refuseToOverwrite([histogramPath])
  const jvm = await JvmAttach.open(pid, run)
  const version = await jvmVersion(jvm, run)
  run.progress({ step: 'counting objects by class', done: 0 })
  const histogram = await classHistogram(jvm, run)
  await writeWholeFile(histogramPath, histogram.text)
  const forecast = forecastDump(histogram)
  if (snapshots === 'careful') {
    refuseCostlyCapture(`pid ${pid}`, forecast, memoryRoom(pid))
    refuseWithoutDisk(`pid ${pid}`, path, forecast)
  }
  const capture = await captureHeapDump(jvm, path, run)
  const heaviest = allocationPlaces(histogram.profile).slice(0, MOST_ROWS)
  return {
    ...capture,
    target: `pid ${pid}`,
    runtime: `Java ${version}`,
    forecast,
    also: [{ path: histogramPath, what: 'class histogram', sizeBytes: statSync(histogramPath).size }],
    firstEvidence: [
      `${bytesText(histogram.liveBytes)} live in ${countText(histogram.liveCount)} objects; the most by class:`,
      ...heaviest.map(({ functionName, values }) => `${bytesText(values.liveBytes ?? Number.NaN).padStart(9)}  ${countText(values.liveCount ?? Number.NaN).padStart(11)}  ${functionName}`),
    ],
    notices: [],
  }
}
