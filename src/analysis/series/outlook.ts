import type { Estimate, LeakKind, SeriesVerdict, Severity } from '../../model/series-verdict.ts'
import type { CountLeak } from './count-leak.ts'
import type { CaseFacts, GrowthFacts } from './features.ts'
import { type GrowthRate, growthRate, rateBetween } from './growth-rate.ts'
import { levelCourse, liveLevels } from './live-level.ts'
import { fitShapes, type Work } from './shapes.ts'
import type { Signal } from './signal.ts'
import type { Signals } from './signals.ts'
import { median, quantile } from './statistics.ts'

/** Further away than this nothing is in sight. */
const HORIZON_HOURS = 90 * 24

/** Rise of a floor from its first to its last third, in bytes. */
function rise(facts: GrowthFacts | undefined): number {
  if (facts === undefined) return 0
  const { values } = facts.floor
  const third = Math.max(1, Math.floor(values.length / 3))
  return median(values.subarray(values.length - third)) - median(values.subarray(0, third))
}

function grows(facts: GrowthFacts | undefined): facts is GrowthFacts {
  return facts !== undefined && facts.shapes.growing > 0.3 && rise(facts) > 0
}

/** Which memory it is that grows: what explains most of the growth of the process. */
export function chooseKind(facts: CaseFacts, signals: Signals, counted: CountLeak | undefined): LeakKind {
  const whole = Math.max(rise(facts.process), rise(facts.live), 1)
  if (rise(facts.sharedMemory) > Math.max(rise(facts.live), rise(facts.process), 0)) return 'shared-memory'
  if (grows(facts.external) && rise(facts.external) > 0.2 * whole && rise(facts.external) > rise(facts.live)) return 'external'
  if (counted !== undefined && rise(facts.live) < 0.35 * whole) return counted.kind
  if (facts.live === undefined) return 'process'
  const liveShare = rise(facts.live) / whole
  const remainderShare = rise(facts.remainder) / whole
  // The remainder must grow as a leak does (a runtime that takes more for its garbage or its own code levels off), and the
  // heap must not: one that rises for sure is the leak, however much more the process takes for it.
  if (remainderShare > 0.35 && liveShare < 0.3 && (facts.remainder?.shapes.growing ?? 0) > 0.5 && facts.live.shapes.growing < 0.9) return 'native'
  return 'heap'
}

function factsOfKind(facts: CaseFacts, kind: LeakKind): GrowthFacts | undefined {
  switch (kind) {
    case 'heap':
      return facts.live
    case 'native':
      return facts.remainder
    case 'external':
      return facts.external
    case 'shared-memory':
      return facts.sharedMemory
    default:
      return facts.process ?? facts.live
  }
}

type Outlook = Pick<SeriesVerdict, 'rate' | 'bytesPerRequest' | 'processBytesPerHour' | 'limitBytes' | 'hoursLeft'>

/**
 * Rate, and the time until a limit is reached. The leak's rate is that of the memory that leaks; what meets the limit is the
 * process, which with a collector grows faster: Go's heap goal doubles every leaked byte.
 */
export function exhaustion(facts: CaseFacts, signals: Signals, kind: LeakKind): Outlook {
  const work: Work = { requests: signals.requests, errors: signals.errors }
  const source = factsOfKind(facts, kind) ?? facts.process
  const found = kind === 'heap' ? heapRate(facts, signals, work) : source === undefined ? undefined : growthRate(source, work)
  if (found === undefined) return {}
  let rate = found.perHour
  if (kind === 'process') rate = { value: rate.value / signals.bytesPerLiveByte, low: rate.low / signals.bytesPerLiveByte, high: rate.high / signals.bytesPerLiveByte }
  if (kind === 'external' && rise(facts.live) > 0) {
    // The small objects that hold the external memory leak with it.
    rate = plus(rate, heapRate(facts, signals, work)?.perHour)
  }
  const process = kind === 'shared-memory' ? facts.sharedMemory : facts.process
  const processRate = grows(process) ? growthRate(process, work)?.perHour : undefined
  const meets = processRate ?? rate
  return {
    rate,
    bytesPerRequest: found.perRequest,
    processBytesPerHour: meets.value,
    ...timeLeft(signals, meets, rate),
  }
}

function plus(rate: Estimate, more: Estimate | undefined): Estimate {
  return more === undefined ? rate : { value: rate.value + more.value, low: rate.low + more.low, high: rate.high + more.high }
}

/**
 * The rate of live memory. Use after collections is exact, but few values with the noise of one sample each; the level that the
 * whole sawtooth shows has less noise. Where there are both they are averaged; where use is exact at any time all of it counts.
 */
function heapRate(facts: CaseFacts, signals: Signals, work: Work): GrowthRate | undefined {
  const floor = facts.live === undefined ? undefined : growthRate(facts.live, work)
  if (signals.heapUsed === undefined || signals.liveFrom === 'heap-floor') return floor
  // Where even minor collections are so few that use between them had to be judged, what they left is still the better measure.
  const few = signals.liveFrom === 'heap-used' && signals.exactness < 0.9 ? (signals.after ?? signals.full) : signals.full
  const between = few === undefined || floor === undefined ? undefined : rateBetween(few, signals.spanSeconds, work, floor.driver)
  // Minor collections leave dead objects behind: three full ones say more than a hundred of those.
  if (between !== undefined && floor !== undefined && !floor.beginsLate) return scaled(floor, between)
  if (signals.liveFrom === 'heap-live' && ((signals.exactness < 1 && facts.live!.floor.values.length >= 10) || floor?.jumps === true)) return floor
  const levels = signals.foot ?? (signals.collections === undefined ? undefined : liveLevels(signals.heapUsed, signals.collections, signals.requests))
  const exact = signals.liveFrom === 'heap-used' ? (signals.isPointwise ? signals.live : signals.exactness >= 1 ? signals.heapUsed : undefined) : levels
  const course = exact === undefined ? undefined : levelCourse(exact)
  const level = course === undefined ? undefined : growthRate({ floor: course, shapes: fitShapes(course, work) }, work)
  if (level === undefined || floor === undefined || signals.liveFrom === 'heap-used') return level ?? floor
  if (level.jumps !== floor.jumps) return floor
  // Through a pause only a rate by work is right, and both fits need not have seen that.
  if (level.driver !== floor.driver && (floor.driver === 'requests' || level.driver === 'requests')) return floor.driver === 'requests' ? floor : level
  return scaled(floor, (floor.perHour.value + level.perHour.value) / 2)
}

/** The same rate with another value, the width of its interval kept. */
function scaled(rate: GrowthRate, value: number): GrowthRate {
  const { value: old, low, high } = rate.perHour
  return { ...rate, perHour: { value, low: Math.max(0, value - (old - low)), high: value + (high - old) } }
}

function timeLeft(signals: Signals, processRate: Estimate, heapRate: Estimate): Pick<Outlook, 'limitBytes' | 'hoursLeft'> {
  const candidates: { limit: number; left: Estimate }[] = []
  const consider = (limit: number | undefined, used: Signal | undefined, rate: Estimate): void => {
    if (limit === undefined || used === undefined || rate.value <= 0 || limit >= 2 ** 60) return
    const room = Math.max(0, limit - used.values[used.values.length - 1])
    const hours = (perHour: number): number => (perHour > 0 ? room / perHour : Infinity)
    candidates.push({ limit, left: { value: hours(rate.value), low: hours(rate.high), high: hours(rate.low) } })
  }
  consider(signals.limitBytes, signals.process, processRate)
  consider(signals.heapLimitBytes, signals.live ?? signals.heapUsed, heapRate)
  if (candidates.length === 0) return {}
  const nearest = candidates.reduce((a, b) => (b.left.value < a.left.value ? b : a))
  return { limitBytes: nearest.limit, hoursLeft: nearest.left.value > HORIZON_HOURS ? undefined : nearest.left }
}

/** How soon it hurts: critical below 6 hours, high below 3 days, medium below 30 days. */
export function severityOf({ hoursLeft, limitBytes, rate }: SeriesVerdict): Severity {
  if (hoursLeft === undefined) return limitBytes === undefined && (rate?.value ?? 0) > 50e6 ? 'medium' : 'low'
  if (hoursLeft.value < 6) return 'critical'
  if (hoursLeft.value < 72) return 'high'
  return hoursLeft.value < 30 * 24 ? 'medium' : 'low'
}

/** Memory that looks like growth from outside and is none: freed, but still resident. */
export function retainedMemory(signals: Signals, facts: CaseFacts): SeriesVerdict['retained'] {
  const level = median(facts.process?.floor.values ?? [0])
  if (signals.lazyFree !== undefined) {
    const lazy = quantile(signals.lazyFree.values, 0.9)
    if (lazy > 0.2 * level && lazy > 4e6) return { by: 'lazy-free', bytes: lazy }
  }
  if (signals.committed !== undefined && signals.heapUsed !== undefined && rise(facts.process) > 0.2 * level) {
    const committed = quantile(tail(signals.committed), 0.5)
    const used = quantile(tail(signals.heapUsed), 0.5)
    if (committed > 1.8 * used && committed - used > 4e6) return { by: 'allocator', bytes: committed - used }
  }
  if (signals.fileCache !== undefined) {
    const grown = quantile(tail(signals.fileCache), 0.5) - signals.fileCache.values[0]
    if (grown > 0.3 * level && grown > 16e6) return { by: 'page-cache', bytes: grown }
  }
  return undefined
}

function tail({ values }: Signal): Float64Array {
  return values.subarray(Math.floor(values.length * 0.8))
}
