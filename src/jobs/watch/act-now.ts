import { bytesText } from '../../base/bytes-text.ts'
import type { Run } from '../../base/run.ts'
import type { SeriesVerdict } from '../../model/series-verdict.ts'
import { runtimeOf } from '../../probes/linux-memory.ts'
import { openCollector } from '../confirm.ts'
import { takeSnapshot } from '../snapshot.ts'
import { captureWay } from './capture-way.ts'

/** What can be done to a watched process at the press of a key; each says in a sentence what came of it. */

/** Forces one full collection. @throws ProbeError where the runtime cannot be asked */
export async function collectNow(pid: number): Promise<string> {
  const collector = await openCollector(pid)
  try {
    return `after a full collection ${bytesText(await collector.collect())} are live`
  } finally {
    await collector.close()
  }
}

/** Captures what holds its memory, into a file named after the process. @throws ProbeError where that cannot be done from outside */
export async function captureNow(pid: number, number: number, { metricsUrl, verdict }: { metricsUrl?: string | undefined; verdict?: SeriesVerdict | undefined }, run: Run): Promise<string> {
  const runtime = runtimeOf(pid)
  const base = `stillhere-${pid}-${number}`
  if (runtime === 'node') {
    const { path, sizeBytes } = await takeSnapshot({ target: { kind: 'pid', pid }, path: `${base}.heapsnapshot`, afterMs: 0, startTimeoutMs: 5000, snapshots: 'careful' }, run)
    return `${path}, ${bytesText(sizeBytes)}: stillhere analyze ${path}`
  }
  const { capture, steps } = captureWay({ pid, runtime, metricsUrl, kind: verdict?.kind })
  if (capture === undefined) return steps.join('; ')
  const path = await capture(`${process.cwd()}/${base}`, run)
  return `${path}: stillhere analyze ${path}`
}
