import { bytesText } from '../../base/bytes-text.ts'
import type { Run } from '../../base/run.ts'
import type { SeriesVerdict } from '../../model/series-verdict.ts'
import { runtimeOfProcess } from '../../probes/runtime-of.ts'
import { openCollector } from './collector.ts'
import { captureWay } from './capture-way.ts'

/** What can be done to a watched process at the press of a key; each says in a sentence what came of it. */

/** Forces one full collection. @throws ProbeError where the runtime cannot be asked */
export async function collectNow(pid: number, run: Run): Promise<string> {
  const collector = await openCollector(pid, run)
  try {
    return `after a full collection ${bytesText(await collector.collect())} are live`
  } finally {
    await collector.close()
  }
}

/** Captures what holds its memory, into a file named after the process. @throws ProbeError where that cannot be done from outside */
export async function captureNow(pid: number, number: number, { metricsUrl, verdict }: { metricsUrl?: string | undefined; verdict?: SeriesVerdict | undefined }, run: Run): Promise<string> {
  const way = captureWay({ pid, runtime: runtimeOfProcess(pid), metricsUrl, kind: verdict?.kind })
  if (way.by === 'hand') return way.steps.join('; ')
  const path = await way.take(`stillhere-${pid}-${number}`, run)
  return `${path}: stillhere analyze ${path}`
}
