import { ProbeError, ReadError } from '../base/errors.ts'
import { startRun } from '../base/run.ts'
import type { Sample } from '../model/memory-series-builder.ts'
import { prometheusText } from '../readers/prometheus-text.ts'

/** Larger than any page of metrics that makes sense; what is longer is not read on. */
const MAX_PAGE_BYTES = 16 << 20

/** One look at a `/metrics` page. @throws ProbeError when it does not answer or holds no memory metric */
export async function readMetricsPage(url: string, { waitMs = 5000 }: { waitMs?: number } = {}): Promise<Sample> {
  const refuse = (problem: string, cause?: unknown): ProbeError =>
    new ProbeError({ target: url, step: 'reading its metrics', problem, hint: 'Give the address of the Prometheus text page, for example http://127.0.0.1:9100/metrics.', cause })
  let text: string
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(waitMs), headers: { accept: 'text/plain' } })
    if (!answer.ok) throw refuse(`it answered ${answer.status}`)
    text = (await answer.text()).slice(0, MAX_PAGE_BYTES)
  } catch (error) {
    if (error instanceof ProbeError) throw error
    throw refuse(error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error), error)
  }
  const bytes = new TextEncoder().encode(text)
  try {
    const series = await prometheusText.read({ name: url, sizeBytes: bytes.length, chunks: () => once(bytes) }, startRun())
    const sample: Sample = {}
    for (const [metric, column] of series.metrics) sample[metric] = column.at(-1) ?? Number.NaN
    return sample
  } catch (error) {
    if (error instanceof ReadError) throw refuse(`${error.expected} is not on the page`, error)
    throw error
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
