import { ProbeError, ReadError } from '../base/errors.ts'
import { startRun } from '../base/run.ts'
import type { MemorySeries } from '../model/memory-series.ts'
import type { Sample } from '../model/memory-series-builder.ts'
import { bytesSource } from '../readers/bytes-source.ts'
import { goExpvar } from '../readers/go-expvar.ts'
import { prometheusText } from '../readers/prometheus-text.ts'
import type { Reader } from '../readers/reader.ts'

/** Larger than any page of metrics that makes sense; what is longer is not read on. */
const MAX_PAGE_BYTES = 16 << 20

const HINT = 'Give the address of the Prometheus text page, for example http://127.0.0.1:9100/metrics; of Go also /debug/vars or /debug/pprof/.'

/**
 * One look at what a program publishes of itself: a Prometheus or OpenMetrics page, Go's `/debug/vars`, or Go's `/debug/pprof/`,
 * told apart by what they answer. The last makes the program stop for some 10 µs (runtime.ReadMemStats) and write its heap
 * profile of sampled sites, a few hundred kilobytes at most.
 * @throws ProbeError when it does not answer or holds no memory metric
 */
export async function readMetricsPage(url: string, { waitMs = 5000 }: { waitMs?: number } = {}): Promise<Sample> {
  if (isPprof(url)) return readPprof(url, waitMs)
  const text = await fetchText(url, waitMs)
  return lastSample(url, text, /^\s*\{/.test(text) ? goExpvar : prometheusText)
}

/** Where a Go program serves its profiles, when `url` is there or below. */
export function pprofBaseUrl(url: string): string | undefined {
  return isPprof(url) ? url.replace(/(\/debug\/pprof).*$/, '$1') : undefined
}

function isPprof(url: string): boolean {
  return /\/debug\/pprof(?:\/|$)/.test(url)
}

/** The text form of the heap profile ends with runtime.MemStats, one `# Name = value` a line; that of goroutines begins with their number. */
async function readPprof(url: string, waitMs: number): Promise<Sample> {
  const base = url.replace(/(\/debug\/pprof).*$/, '$1')
  const [heap, goroutines] = await Promise.all([fetchText(`${base}/heap?debug=1`, waitMs), fetchText(`${base}/goroutine?debug=1`, waitMs)])
  const stats = new Map([...heap.matchAll(/^# (\w+) = (\d+)$/gm)].map(([, name, value]) => [name!, Number(value)]))
  if (!stats.has('HeapAlloc')) throw new ProbeError({ target: url, step: 'reading its metrics', problem: 'no memory numbers of Go are on the page', hint: HINT })
  const value = (name: string): number => stats.get(name) ?? Number.NaN
  return {
    'heap-used': value('HeapAlloc'),
    'heap-committed': value('HeapSys') - value('HeapReleased'),
    native: value('Sys') - value('HeapSys'),
    'heap-goal': value('NextGC'),
    'gc-count': value('NumGC'),
    'goroutine-count': Number(/^goroutine profile: total (\d+)/.exec(goroutines)?.[1] ?? Number.NaN),
  }
}

async function fetchText(url: string, waitMs: number): Promise<string> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(waitMs), headers: { accept: 'text/plain, application/json' } })
    if (!answer.ok) throw refuse(url, `it answered ${answer.status}`)
    return await beginningOf(answer)
  } catch (error) {
    if (error instanceof ProbeError) throw error
    throw refuse(url, error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error), error)
  }
}

async function beginningOf(answer: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true })
    if (text.length >= MAX_PAGE_BYTES) break
  }
  return text + decoder.decode()
}

async function lastSample(url: string, text: string, reader: Reader<'memory-series'>): Promise<Sample> {
  let series: MemorySeries
  try {
    series = await reader.read(bytesSource(url, new TextEncoder().encode(text)), startRun())
  } catch (error) {
    if (error instanceof ReadError) throw refuse(url, `${error.expected} is not on the page`, error)
    throw error
  }
  const sample: Sample = {}
  for (const [metric, column] of series.metrics) sample[metric] = column.at(-1) ?? Number.NaN
  return sample
}

function refuse(url: string, problem: string, cause?: unknown): ProbeError {
  return new ProbeError({ target: url, step: 'reading its metrics', problem, hint: HINT, cause })
}
