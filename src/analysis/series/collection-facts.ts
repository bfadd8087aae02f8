import { type Signal, valueAt } from './signal.ts'
import type { Signals } from './signals.ts'
import type { Floor } from './floor.ts'
import { median, medianSlope, trendScore } from './statistics.ts'

/** How much each runtime's process shows of what is live: the more it keeps for itself, the higher. */
const RUNTIMES: readonly (readonly [RegExp, number])[] = [
  [/^(c|c\+\+|cpp|native|rust)$/i, 0],
  [/^(py|python|cpython)$/i, 1],
  [/^(go|golang)$/i, 2],
  [/^(node|nodejs|v8|dotnet|coreclr)$/i, 3],
  [/^(java|jvm|openjdk|hotspot)$/i, 4],
]

/**
 * What the collections say that are too few to make a course: whether growth was ever put to the test. Use that rises after the last
 * collection is garbage for all one knows, and so is the rise of the process meanwhile; what the last one left is known.
 *
 * Result: in the order of `CASE_NUMBERS`; NaN where the runtime says nothing.
 */
export function collectionFacts(signals: Signals): number[] {
  const { collections, heapUsed, process, after, full } = signals
  const runtime = RUNTIMES.find(([name]) => name.test(signals.runtime ?? ''))?.[1] ?? Number.NaN
  const count = collections === undefined ? Number.NaN : collections.values[collections.values.length - 1] - collections.values[0]
  const last = collections === undefined || !(count > 0) ? 0 : lastChange(collections)
  const isCollected = collections !== undefined
  // Where full collections are enough, what minor ones left has only more noise.
  const few = signals.liveFrom === 'heap-floor' ? full : (after ?? full)
  return [
    runtime,
    isCollected ? Math.log1p(count) : Number.NaN,
    isCollected ? last / Math.max(1e-9, signals.spanSeconds) : Number.NaN,
    isCollected && heapUsed !== undefined ? riseSince(heapUsed, last) : Number.NaN,
    isCollected && process !== undefined ? riseSince(process, last) : Number.NaN,
    riseFrom(few, 0),
    riseFrom(few, 0.5),
    few === undefined || few.values.length < 4 || few.values.length > 60 ? Number.NaN : trendScore(few.values),
    full === undefined || full.values.length < 4 || full.values.length > 60 ? Number.NaN : trendScore(full.values),
  ]
}

function lastChange({ seconds, values }: Signal): number {
  let i = values.length - 1
  while (i > 0 && values[i - 1] === values[i]) i--
  return seconds[i]
}

/** The share of the signal's range by which it rose since then. */
function riseSince(signal: Signal, second: number): number {
  const { values, seconds } = signal
  let low = Infinity
  let high = -Infinity
  for (const value of values) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  const rise = values[values.length - 1] - valueAt(signal, second)
  return high > low ? Math.max(-1, Math.min(1, rise / (high - low))) : seconds.length > 0 ? 0 : Number.NaN
}

/** From the value at a share of the places to the last, over the usual level. */
function riseFrom(signal: Signal | undefined, share: number): number {
  if (signal === undefined || signal.values.length < (share > 0 ? 3 : 2)) return Number.NaN
  const { values } = signal
  const rise = values[values.length - 1] - values[Math.floor(share * values.length)]
  return Math.max(-1, Math.min(3, rise / Math.max(1, median(values))))
}

/**
 * Whether the few full collections there were refute the growth of what stands between them: at least three, the later of them a
 * quarter of the time apart, that left hardly more each time while use rose. The rise is garbage, whatever its course.
 */
export function isRefuted({ full, liveFrom, spanSeconds }: Signals, floor: Floor): boolean {
  if (full === undefined || liveFrom === 'heap-floor') return false
  const { seconds, values } = full
  const last = values.length - 1
  if (last < 2) return false
  const apart = seconds[last] - seconds[1]
  const expected = medianSlope(floor.seconds, floor.values) * apart
  return apart >= 0.25 * spanSeconds && expected > 0 && values[last] - values[1] < LITTLE * expected
}

/** Of the rise that use shows. */
const LITTLE = 0.25
