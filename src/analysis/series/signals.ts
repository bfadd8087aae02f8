import type { MemorySeries, Metric } from '../../model/memory-series.ts'
import { liveLevels } from './live-level.ts'
import type { Signal } from './signal.ts'

export { type Signal, valueAt } from './signal.ts'

/** What a verdict is made of, drawn from one epoch of a series. Absent where the series does not have it. */
export interface Signals {
  /** Which start of the process this is, and out of how many. */
  epoch: number
  epochCount: number
  sampleCount: number
  spanSeconds: number
  /** Memory the runtime says is live. */
  live?: Signal | undefined
  /** How far `live` can be believed: 1 exact or after full collections … 0.2 after minor collections only. 0: no `live`. */
  exactness: number
  /** `live` has no garbage in it: each value counts, not only the lowest ones. */
  isPointwise: boolean
  /** Live memory at each collection as the whole sawtooth shows it, beside a `live` from the collector's own word. */
  foot?: Signal | undefined
  liveFrom?: 'heap-floor' | 'heap-live' | 'heap-used' | undefined
  /** Use after full collections, however few. */
  full?: Signal | undefined
  /** Use after collections of any kind, where `live` is something better. */
  after?: Signal | undefined
  heapUsed?: Signal | undefined
  /** Memory of the process the kernel cannot take back: anonymous − lazily freed + swap. */
  process?: Signal | undefined
  /** Bytes the process takes for each byte of objects, where only the process is seen and its runtime is known. */
  bytesPerLiveByte: number
  runtime?: string | undefined
  /** What of `process` the runtime's heap does not hold: native allocations, stacks, fragmentation outside the heap. */
  remainder?: Signal | undefined
  external?: Signal | undefined
  sharedMemory?: Signal | undefined
  committed?: Signal | undefined
  /** Collections so far, and full ones. */
  collections?: Signal | undefined
  fullCollections?: Signal | undefined
  lazyFree?: Signal | undefined
  /** Resident pages of files, of the process or its group. */
  fileCache?: Signal | undefined
  /** Cumulative work, from 0. */
  requests?: Signal | undefined
  errors?: Signal | undefined
  counts: ReadonlyMap<CountMetric, Signal>
  limitBytes?: number | undefined
  heapLimitBytes?: number | undefined
}

/** The counts that leak like bytes do. */
export const COUNT_METRICS = ['fd-count', 'thread-count', 'goroutine-count', 'context-count', 'handle-count'] as const
export type CountMetric = (typeof COUNT_METRICS)[number]

/** An epoch shorter than this is passed over for an older, longer one. */
const ENOUGH_SAMPLES = 60

export interface SignalOptions {
  /** Leave out everything the runtime says: what a monitor outside the process would see. */
  evidence?: 'all' | 'process' | undefined
  /** Only the first share of the epoch, 0…1: what was known then. */
  share?: number | undefined
}

/**
 * Draws the signals of a verdict out of a series.
 *
 * Method: the newest epoch (start of the process) with at least 60 samples is judged. Live memory is the first of: use
 *   after full collections (5 distinct values), use after any collection (8 distinct), heap used. A value after a
 *   collection counts once, when it changes. Process memory is RssAnon − LazyFree + Swap, never RSS: file pages can be
 *   taken back by the kernel. Without RssAnon it is Uss, Pss or Rss, in that order.
 */
export function drawSignals(series: MemorySeries, { evidence = 'all', share = 1 }: SignalOptions = {}): Signals {
  const { from, to, epoch, epochCount } = chooseEpoch(series)
  const start = series.timeMs[from]
  const endMs = start + (series.timeMs[to - 1] - start) * share + 1e-6
  let end = to
  while (end > from + 1 && series.timeMs[end - 1] > endMs) end--
  const column = (metric: Metric): Float64Array | undefined => series.metrics.get(metric)?.subarray(from, end)
  const seconds = series.timeMs.subarray(from, end).map((time) => (time - start) / 1000)
  const inside = (metric: Metric): Float64Array | undefined => (evidence === 'process' ? undefined : column(metric))
  const signal = (values: Float64Array | undefined): Signal | undefined => (values === undefined ? undefined : dropMissing(seconds, values))

  const committed = signal(inside('heap-committed'))
  const heapUsed = signal(inside('heap-used'))
  const processColumn = unreclaimable(column)
  const process = signal(processColumn)
  const committedColumn = inside('heap-committed')
  const remainder =
    processColumn !== undefined && committedColumn !== undefined && column('rss-anon') !== undefined
      ? signal(processColumn.map((bytes, i) => bytes - committedColumn[i]))
      : undefined
  const counts = new Map<CountMetric, Signal>()
  for (const metric of COUNT_METRICS) {
    const values = signal(metric === 'fd-count' || metric === 'thread-count' ? column(metric) : inside(metric))
    if (values !== undefined && values.values.length >= 8) counts.set(metric, values)
  }
  const heapLimit = signal(inside('heap-limit'))?.values.at(-1)
  return {
    epoch,
    epochCount,
    sampleCount: end - from,
    spanSeconds: end > from ? seconds[end - from - 1] : 0,
    ...chooseLive(series, signal, inside),
    heapUsed,
    process,
    runtime: series.process.runtime ?? series.source.runtime,
    bytesPerLiveByte: isPython(series.process.runtime ?? series.source.runtime) ? PYTHON_OVERHEAD : 1,
    remainder,
    external: signal(inside('external')),
    sharedMemory: signal(column('cgroup-shmem') ?? column('rss-shmem')),
    committed,
    collections: signal(inside('gc-count')),
    fullCollections: signal(inside('gc-full-count')),
    lazyFree: signal(column('lazy-free')),
    fileCache: signal(column('cgroup-file') ?? column('cgroup-inactive-file') ?? column('rss-file')),
    requests: fromZero(signal(column('request-total'))),
    errors: fromZero(signal(column('error-total'))),
    counts,
    limitBytes: series.limitBytes ?? signal(column('cgroup-limit'))?.values.at(-1),
    heapLimitBytes: heapLimit,
  }
}

function chooseEpoch(series: MemorySeries): { from: number; to: number; epoch: number; epochCount: number } {
  const { epoch, sampleCount } = series
  if (epoch === undefined) return { from: 0, to: sampleCount, epoch: 0, epochCount: 1 }
  const starts = [0]
  for (let sample = 1; sample < sampleCount; sample++) if (epoch[sample] !== epoch[sample - 1]) starts.push(sample)
  let best = starts.length - 1
  while (best > 0 && (starts[best + 1] ?? sampleCount) - starts[best] < ENOUGH_SAMPLES) best--
  const longEnough = (starts[best + 1] ?? sampleCount) - starts[best] >= ENOUGH_SAMPLES
  const chosen = longEnough ? best : starts.length - 1
  return { from: starts[chosen], to: starts[chosen + 1] ?? sampleCount, epoch: chosen, epochCount: starts.length }
}

function dropMissing(seconds: Float64Array, values: Float64Array): Signal | undefined {
  let count = 0
  for (const value of values) if (!Number.isNaN(value)) count++
  if (count === 0) return undefined
  if (count === values.length) return { seconds, values }
  const kept: Signal = { seconds: new Float64Array(count), values: new Float64Array(count) }
  let at = 0
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) continue
    kept.seconds[at] = seconds[i]
    kept.values[at++] = values[i]
  }
  return kept
}

function unreclaimable(column: (metric: Metric) => Float64Array | undefined): Float64Array | undefined {
  const anon = column('rss-anon')
  if (anon === undefined) return column('uss') ?? column('pss') ?? column('rss') ?? column('cgroup-anon') ?? column('cgroup-current')
  const lazy = column('lazy-free')
  const swap = column('swap')
  return anon.map((bytes, i) => bytes - (lazy?.[i] || 0) + (swap?.[i] || 0))
}

function chooseLive(
  series: MemorySeries,
  signal: (values: Float64Array | undefined) => Signal | undefined,
  inside: (metric: Metric) => Float64Array | undefined,
): Pick<Signals, 'live' | 'exactness' | 'isPointwise' | 'liveFrom' | 'full' | 'after' | 'foot'> {
  const full = changes(signal(inside('heap-floor')))
  const fullCount = full?.values.length ?? 0
  const after = changes(signal(inside('heap-live')))
  if (full !== undefined && distinct(full.values) >= 5) return { live: full, exactness: 1, isPointwise: true, liveFrom: 'heap-floor', full, after }
  const runtime = series.process.runtime ?? series.source.runtime
  const isExact = runtimeIsExact(runtime)
  // Go marks the whole heap in each cycle; V8 and the JVM leave dead old objects behind in a minor collection.
  const generational = inside('heap-floor') !== undefined || inside('gc-full-count') !== undefined || isGenerational(runtime)
  const used = signal(inside('heap-used'))
  const count = signal(inside('gc-count'))
  const foot = isExact || used === undefined || count === undefined ? undefined : liveLevels(used, count, fromZero(signal(inside('request-total'))))
  const trust = !generational ? 1 : fullCount >= 4 ? 0.7 : fullCount >= 2 ? 0.5 : 0.2
  if (after !== undefined && distinct(after.values) >= 8) return { live: after, exactness: trust, isPointwise: trust >= 1, liveFrom: 'heap-live', full, foot: generational ? undefined : foot }
  if (used === undefined) return { exactness: 0, isPointwise: false, full, after }
  const gcs = inside('gc-count')
  const collects = gcs !== undefined && gcs.length > 0 && gcs[gcs.length - 1] > gcs[0]
  if (foot !== undefined) return { live: foot, exactness: generational ? trust : 0.9, isPointwise: true, liveFrom: 'heap-used', full, after }
  // A heap of a collected runtime that was never collected is garbage for all one knows.
  const exactness = isExact || (!collects && after === undefined && !collectsGarbage(runtime)) ? 1 : collects ? Math.min(trust, 0.7) : 0.1
  return { live: used, exactness, isPointwise: false, liveFrom: 'heap-used', full, after }
}

function runtimeIsExact(runtime: string | undefined): boolean {
  return runtime !== undefined && /^(c|c\+\+|cpp|native|rust|py|python|cpython)$/i.test(runtime)
}

/**
 * CPython rounds objects up to 16 bytes and lets lists grow ahead of use. Between the medians of two sets of recorded programs: 1.08 where the
 * leaked objects were added up by `sys.getsizeof` (scripts/fit/record-programs.ts), 1.14 where the programs counted what they had put in.
 */
const PYTHON_OVERHEAD = 1.1

function isPython(runtime: string | undefined): boolean {
  return runtime !== undefined && /^(py|python|cpython)$/i.test(runtime)
}

function collectsGarbage(runtime: string | undefined): boolean {
  return runtime !== undefined && (isGenerational(runtime) || /^(go|golang|dotnet|coreclr)$/i.test(runtime))
}

function isGenerational(runtime: string | undefined): boolean {
  return runtime !== undefined && /^(node|nodejs|v8|java|jvm|openjdk|hotspot)$/i.test(runtime)
}

/** The value whenever it changes, and the first. */
function changes(signal: Signal | undefined): Signal | undefined {
  if (signal === undefined) return undefined
  const kept: number[] = []
  for (let i = 0; i < signal.values.length; i++) if (i === 0 || signal.values[i] !== signal.values[i - 1]) kept.push(i)
  return { seconds: Float64Array.from(kept, (i) => signal.seconds[i]), values: Float64Array.from(kept, (i) => signal.values[i]) }
}

function distinct(values: Float64Array): number {
  return new Set(values).size
}

/** A cumulative counter from 0, a fall taken as a restart of the counter. Undefined when it never moves. */
function fromZero(signal: Signal | undefined): Signal | undefined {
  if (signal === undefined) return undefined
  const { seconds, values } = signal
  const total = new Float64Array(values.length)
  for (let i = 1; i < values.length; i++) {
    const step = values[i] - values[i - 1]
    total[i] = total[i - 1] + (step >= 0 ? step : values[i])
  }
  return total[total.length - 1] > 0 ? { seconds, values: total } : undefined
}
