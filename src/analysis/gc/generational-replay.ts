import type { GcLog } from '../../model/gc-log.ts'
import { median, quantiles } from '../series/statistics.ts'

/** What may be set: sizes in bytes. */
export type GenerationalSettings =
  | { runtime: 'jvm'; maxHeapBytes?: number | undefined; youngBytes?: number | undefined }
  | { runtime: 'v8'; semiSpaceBytes?: number | undefined; oldSpaceBytes?: number | undefined }

/** A number with the range in which it was found when forecasts were compared with runs. */
export interface Forecasted {
  value: number
  low: number
  high: number
}

/** What a run under other settings would have looked like; what the log cannot tell is left out, with the reason in `refused`. */
export interface GenerationalForecast {
  /** Collections of the young generation. */
  minors?: Forecasted | undefined
  peakBytes?: Forecasted | undefined
  /** Whether what is known to be alive fits the new limit. */
  fits?: boolean | undefined
  refused: string[]
  notes: string[]
}

/** Nine of ten forecasts were within this share of the run (docs/gc-forecast-errors.md). */
const MEASURED_ERROR = 0.15
const MEBIBYTE = 1 << 20
/** HotSpot's Serial and Parallel collectors: eden is eight tenths of the young generation (SurvivorRatio=8). */
const EDEN_OF_YOUNG = 0.8
/** …and one of the two survivor spaces is never counted as capacity: `Heap` in a line is 29 of 30 parts of -Xmx. */
const SHOWN_OF_HEAP = 29 / 30
/** …the old generation is two thirds of the heap (NewRatio=2). */
const OLD_OF_HEAP = 2 / 3
/** A young generation whose collections differ more than this was being resized: a count would be a guess. */
const STEADY_RATIO = 1.6
/** A heap whose floor takes more than this share of its limit does not run. */
const FULL_SHARE = 0.95
/** A floor above this share of the old generation leaves it no room to take in what grows old. */
const CROWDED_SHARE = 0.85
/** Collectors of the JVM that fix their generations by -Xmx; the others choose them while they run. */
const FIXED_SHARES = new Set(['Serial', 'Parallel'])

/**
 * Replays what a program allocated through a young generation of another size (JVM Serial and Parallel; V8).
 *
 * Method: a young collection comes when eden is full, so their number is what was allocated over eden's size. Between
 *   collections the log gives what was allocated and what was left; what is left without a full collection in between
 *   is what grew old, and that does not depend on the size of eden as long as survivors find room. Eden: HotSpot divides a
 *   heap of fixed size in fixed shares; V8's semi-space doubles when more than its own size survived since it last did
 *   (heap.cc, survived_since_last_expansion), where each object that grows old survives twice. The peak is what is old by
 *   then and a full eden.
 * Cost: linear in collections seen plus collections forecast.
 * Its limits: full collections are not forecast; see docs/decisions/124.
 */
export function forecastGenerations(log: GcLog, rows: Uint32Array, wanted: GenerationalSettings): GenerationalForecast {
  return wanted.runtime === 'jvm' ? forecastJvm(log, rows, wanted) : forecastV8(log, rows, wanted)
}

/** What was allocated and what grew old, by the order of the log. */
interface Curve {
  /** Bytes allocated up to each collection. */
  allocated: Float64Array
  /** Bytes in use after it. */
  after: Float64Array
  /** Bytes that were left over from young collections, added up. */
  grownOld: Float64Array
  /** What each young collection had to make room for, and where it stands. */
  perMinor: Float64Array
  minorAt: number[]
}

function curveOf(log: GcLog, rows: Uint32Array): Curve {
  const allocated = new Float64Array(rows.length)
  const after = new Float64Array(rows.length)
  const grownOld = new Float64Array(rows.length)
  const perMinor: number[] = []
  const minorAt: number[] = []
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at]!
    const since = log.allocatedBytes?.[row] || 0
    allocated[at] = (allocated[at - 1] ?? 0) + since
    after[at] = Number.isNaN(log.usedAfterBytes[row]!) ? (after[at - 1] ?? 0) : log.usedAfterBytes[row]!
    const isMinor = log.generation[row] === 0
    grownOld[at] = (grownOld[at - 1] ?? 0) + (isMinor && at > 0 ? Math.max(0, after[at]! - after[at - 1]!) : 0)
    const many = log.collections?.[row] ?? 1
    if (!isMinor || at === 0) continue
    for (let each = 0; each < many; each++) {
      perMinor.push(since / many)
      minorAt.push(at)
    }
  }
  return { allocated, after, grownOld, perMinor: Float64Array.from(perMinor), minorAt }
}

function forecastJvm(log: GcLog, rows: Uint32Array, { maxHeapBytes, youngBytes }: GenerationalSettings & { runtime: 'jvm' }): GenerationalForecast {
  const refused: string[] = []
  const notes: string[] = []
  const fits = maxHeapBytes === undefined ? undefined : fitsIn(log, rows, maxHeapBytes, refused)
  if (!FIXED_SHARES.has(log.collector)) {
    refused.push(`collections and peak: ${log.collector} sizes its generations while it runs, by goals for pauses and CPU that a log does not hold`)
    return { fits, refused, notes }
  }
  const curve = curveOf(log, rows)
  const eden = steadySize(log, rows) ? steadyEden(curve) : undefined
  if (eden === undefined) {
    refused.push(`collections and peak: the young generation was being resized in this log; take one with -Xms equal to -Xmx${log.collector === 'Parallel' ? ' and -XX:-UseAdaptiveSizePolicy' : ''}`)
    return { fits, refused, notes }
  }
  const seenHeap = log.heapLimitBytes ?? highest(log.committedAfterBytes, rows) / SHOWN_OF_HEAP
  if (log.heapLimitBytes === undefined) notes.push('the log does not tell its -Xmx: the largest size the heap had was taken for it')
  const wantedEden = youngBytes === undefined ? (eden * (maxHeapBytes ?? seenHeap)) / seenHeap : youngBytes * EDEN_OF_YOUNG
  const minors = minorsAt(curve, wantedEden)
  const heap = maxHeapBytes ?? seenHeap
  const oldRoom = youngBytes === undefined ? heap * OLD_OF_HEAP : heap - youngBytes
  const old = highestOld(curve)
  if (fits === false) refused.push('collections and peak: with what is alive the limit would not have been enough')
  else if (leastLate(curve) > CROWDED_SHARE * oldRoom) refused.push('collections and peak: what stays would nearly fill the old generation, and the collector would then take the whole heap each time')
  else if (old > oldRoom) {
    // The old generation would have filled: it is collected then, which the log knows nothing of, and the heap was full before.
    notes.push('the old generation would have been full: full collections come, more than in the log; their number is not forecast')
    return { minors: ranged(minors), peakBytes: { value: Math.min(heap, oldRoom + wantedEden), low: (1 - 2 * MEASURED_ERROR) * (oldRoom + wantedEden), high: heap }, fits, refused, notes }
  } else {
    const peakBytes = peakAt(curve, wantedEden, heap)
    // A smaller eden is collected before all has died in it: what grows old rises, at most by as much as there are more collections.
    if (wantedEden < eden) peakBytes.high = Math.min(heap, Math.max(peakBytes.high, (old * eden) / wantedEden + wantedEden))
    return { minors: ranged(minors), peakBytes, fits, refused, notes }
  }
  return { fits, refused, notes }
}

function forecastV8(log: GcLog, rows: Uint32Array, { semiSpaceBytes, oldSpaceBytes }: GenerationalSettings & { runtime: 'v8' }): GenerationalForecast {
  const refused: string[] = []
  const notes: string[] = []
  const fits = oldSpaceBytes === undefined ? undefined : fitsIn(log, rows, oldSpaceBytes, refused)
  if (semiSpaceBytes === undefined) {
    refused.push('collections and peak: when V8 collects its old space depends on its speed in the run; a limit only says whether the program fits')
    return { fits, refused, notes }
  }
  const curve = curveOf(log, rows)
  if (curve.perMinor.length < 4 || log.allocatedBytes === undefined) {
    refused.push('collections and peak: fewer than four scavenges with sizes')
    return { fits, refused, notes }
  }
  const seen = semiSpaceSeen(curve)
  if (semiSpaceBytes <= seen) return { minors: ranged(scavengesUpTo(curve, semiSpaceBytes)), peakBytes: peakAt(curve, semiSpaceBytes), fits, refused, notes }
  // Above the size seen, the log does not show when V8 would have taken it: from never to as soon as it may.
  const grown = scavengesAbove(curve, seen, semiSpaceBytes)
  notes.push('the log never had so large a semi-space: V8 grows it only when enough survives, so the range runs from never to at once')
  const never = curve.perMinor.length
  const atOnce = scavengesUpTo(curve, seen) * (seen / semiSpaceBytes)
  return {
    minors: { value: grown.count, low: Math.floor((1 - MEASURED_ERROR) * atOnce), high: Math.ceil((1 + MEASURED_ERROR) * never) },
    peakBytes: { value: peakAt(curve, grown.last).value, low: peakAt(curve, seen).low, high: peakAt(curve, semiSpaceBytes).high },
    fits,
    refused,
    notes,
  }
}

/** Scavenges where the semi-space may not pass `most`: what was allocated for one of them then takes several. */
function scavengesUpTo({ perMinor }: Curve, most: number): number {
  let count = 0
  for (const bytes of perMinor) count += Math.max(1, bytes / most)
  return Math.round(count)
}

/** Scavenges, and the semi-space at the end, where it may go on growing from what the log had to `most`. */
function scavengesAbove({ allocated, grownOld, perMinor, minorAt }: Curve, seen: number, most: number): { count: number; last: number } {
  const reached = perMinor.findIndex((bytes) => bytes >= 0.9 * seen)
  let cursor = minorAt[reached] ?? 0
  let at = allocated[cursor]!
  let sinceGrown = grownOld[cursor]!
  let size = seen
  let count = reached + 1
  const total = allocated.at(-1)!
  for (; at + size <= total; count++) {
    at += size
    while (cursor + 1 < allocated.length && allocated[cursor + 1]! <= at) cursor++
    // What grows old survives twice: once copied, once promoted.
    if (size < most && 2 * (grownOld[cursor]! - sinceGrown) > size) {
      size = Math.min(most, 2 * size)
      sinceGrown = grownOld[cursor]!
    }
  }
  return { count, last: size }
}

/** The semi-space at the end of the log: the power of two that its collections come nearest to. */
function semiSpaceSeen({ perMinor }: Curve): number {
  const [large = 0] = quantiles(perMinor.subarray(perMinor.length >> 1), [0.9])
  return 2 ** Math.ceil(Math.log2(Math.max(1, (0.95 * large) / MEBIBYTE))) * MEBIBYTE
}

/** Eden by what was allocated between young collections; undefined where that differs too much to be one size. */
function steadyEden({ perMinor }: Curve): number | undefined {
  if (perMinor.length < 4) return undefined
  const [low = 0, high = 0] = quantiles(perMinor.subarray(perMinor.length >> 1), [0.1, 0.9])
  return low > 0 && high / low <= STEADY_RATIO ? median(perMinor.subarray(perMinor.length >> 1)) : undefined
}

/** A heap of fixed shares shows one size from its second collection on. */
function steadySize(log: GcLog, rows: Uint32Array): boolean {
  const sizes = new Set<number>()
  for (const row of rows.subarray(1)) sizes.add(Math.round(log.committedAfterBytes[row]! / MEBIBYTE))
  return sizes.size === 1
}

function minorsAt({ allocated }: Curve, eden: number): number {
  return Math.floor((allocated.at(-1) ?? 0) / eden)
}

/** The most that was left, and a full eden. What grew old may have died meanwhile: the least left lately is the lower end. */
function peakAt(curve: Curve, eden: number, most = Number.POSITIVE_INFINITY): Forecasted {
  const peak = ranged(highestOld(curve) + eden, most)
  return { ...peak, low: Math.min(peak.low, (1 - MEASURED_ERROR) * (leastLate(curve) + eden)) }
}

function leastLate({ after }: Curve): number {
  let least = Number.POSITIVE_INFINITY
  for (const bytes of after.subarray(after.length >> 1)) least = Math.min(least, bytes)
  return least
}

/** The most that was left after a collection. */
function highestOld({ after }: Curve): number {
  let most = 0
  for (const bytes of after) most = Math.max(most, bytes)
  return most
}

function highest(column: Float64Array, rows: Uint32Array): number {
  let most = 0
  for (const row of rows) if (column[row]! > most) most = column[row]!
  return most
}

/** Whether what was alive at most fits; undefined where no collection of the whole heap says what that was. */
function fitsIn(log: GcLog, rows: Uint32Array, limitBytes: number, refused: string[]): boolean | undefined {
  let most = Number.NaN
  for (const row of rows) {
    const live = log.liveBytes?.[row] ?? Number.NaN
    const floor = Number.isNaN(live) && log.generation[row] === 1 ? log.usedAfterBytes[row]! : live
    if (!(floor <= most)) most = Number.isNaN(floor) ? most : floor
  }
  if (Number.isNaN(most)) {
    // What no collection of the whole heap has looked at may be dead; what even then is below the limit fits.
    const left = highestOld(curveOf(log, rows))
    if (left > 0 && left < FULL_SHARE * limitBytes) return true
    refused.push('whether it fits: no full collection in the log says what is alive')
    return undefined
  }
  return most < FULL_SHARE * limitBytes
}

function ranged(value: number, most = Number.POSITIVE_INFINITY): Forecasted {
  const capped = Math.min(value, most)
  return { value: capped, low: (1 - MEASURED_ERROR) * capped, high: Math.min(most, (1 + MEASURED_ERROR) * capped) }
}
