import type { GcLog } from '../../model/gc-log.ts'
import type { ValueHistogram } from '../../model/value-histogram.ts'
import { fitLine, median, medianSlope, quantiles, trendScore } from '../series/statistics.ts'

/** Lengths of the times the program stood still. */
export interface PauseSummary {
  count: number
  totalMs: number
  p50Ms: number
  p95Ms: number
  p99Ms: number
  maxMs: number
}

/** A trend score above it is a rise at the 5 % level. */
export const RISING_SCORE = 1.64

/** What stays after collections that look at the whole heap: the signal of a leak. */
export interface FloorTrend {
  /** What the points are: marking's own count, use after major collections, or (weakest) after minor ones. */
  basis: 'live' | 'after-major' | 'after-minor'
  timeMs: Float64Array
  bytes: Float64Array
  /** Robust slope (Theil–Sen) over time; NaN below 3 points or without times. */
  bytesPerHour: number
  /** Half of the width of the interval of that slope (two standard errors of the least-squares slope). */
  bytesPerHourError: number
  /** Mann–Kendall z with a variance that allows for autocorrelation; above RISING_SCORE it rises. */
  trendScore: number
  /** Share of the whole rise that falls into the second half of the points; an even rise has about 0.5. */
  lateShare: number
}

/** One stream of collections in figures. NaN or undefined: the log does not say. */
export interface GcSummary {
  collector: string
  stream: string | undefined
  collections: number
  minors: number
  majors: number
  mixed: number
  /** From process start (or the first collection where the clock does not begin at 0) to the end of the last collection. */
  durationMs: number
  /** How often the clock fell back: another run in the same log, or a clock that was set. */
  clockFalls: number
  pauses: PauseSummary
  /** Share of the time in which the program stood still. */
  pausedShare: number
  /** Share of the CPU time there was that the collector took; only where the log has CPU times and processors. */
  cpuShare: number | undefined
  /** CPU of the collector, where the log has it. */
  cpuMs: number | undefined
  /** Share of the collector's CPU that the program's own threads had to do (Go's mark assists). */
  assistShare: number | undefined
  concurrentMs: number
  allocatedBytes: number
  allocatedBytesPerSecond: number
  promotedBytesPerSecond: number | undefined
  peakBytes: number
  committedBytes: number
  heapLimitBytes: number | undefined
  lastGoalBytes: number | undefined
  floor: FloorTrend | undefined
  causes: { cause: string; count: number }[]
}

const MOST_FLOOR_POINTS = 400

/** The collections of each process or isolate in `log`, as rows, in the order of the log. */
export function streamsOf(log: GcLog): { name: string | undefined; collections: Uint32Array }[] {
  if (log.stream === undefined) return [{ name: undefined, collections: Uint32Array.from({ length: log.rowCount }, (_, row) => row) }]
  const rows = new Map<number, number[]>()
  for (let collection = 0; collection < log.rowCount; collection++) {
    const list = rows.get(log.stream[collection])
    if (list === undefined) rows.set(log.stream[collection], [collection])
    else list.push(collection)
  }
  return [...rows]
    .map(([stream, list]) => ({ name: log.strings.get(stream), collections: Uint32Array.from(list) }))
    .toSorted((a, b) => b.collections.length - a.collections.length)
}

/** Figures of one stream. Cost: a few passes and a sort of the pauses. */
export function summarizeGc(log: GcLog, { name, collections }: { name: string | undefined; collections: Uint32Array }): GcSummary {
  const pick = (column: Float64Array | undefined): Float64Array => pickRows(column, collections)
  const start = pick(log.startMs)
  const pause = pick(log.pauseMs)
  const concurrent = pick(log.concurrentMs)
  const before = pick(log.usedBeforeBytes)
  const after = pick(log.usedAfterBytes)
  const generation = new Uint8Array(collections.length)
  for (let row = 0; row < collections.length; row++) generation[row] = log.generation[collections[row]]
  const { durationMs, clockFalls } = durationOf(start, pause, concurrent)
  const totals = log.stream === undefined ? log.totals?.values().next().value : log.totals?.get(log.stream[collections[0]])
  const pauses = totals === undefined ? pausesOf(known(pause)) : pausesCounted(totals.pauses)
  const cpu = pick(log.cpuMs)
  const processors = known(pick(log.processors))
  const cpuMs = total(known(cpu))
  const allocatedBytes = total(known(pick(log.allocatedBytes)))
  const promoted = known(pick(log.promotedBytes))
  const counts = [0, 0, 0]
  let count = 0
  for (let row = 0; row < generation.length; row++) {
    const those = log.collections?.[collections[row]] ?? 1
    counts[generation[row]] += those
    count += those
  }
  return {
    collector: log.collector,
    stream: name,
    collections: count,
    minors: counts[0],
    majors: counts[1],
    mixed: counts[2],
    durationMs,
    clockFalls,
    pauses,
    pausedShare: durationMs > 0 ? pauses.totalMs / durationMs : Number.NaN,
    cpuShare: cpuMs > 0 && processors.length > 0 && durationMs > 0 ? cpuMs / (durationMs * median(processors)) : undefined,
    cpuMs: cpuMs > 0 ? cpuMs : undefined,
    assistShare: cpuMs > 0 && log.assistCpuMs !== undefined ? total(known(pick(log.assistCpuMs))) / cpuMs : undefined,
    concurrentMs: total(known(concurrent)),
    allocatedBytes,
    allocatedBytesPerSecond: durationMs > 0 ? (1000 * allocatedBytes) / durationMs : Number.NaN,
    promotedBytesPerSecond: promoted.length > 0 && durationMs > 0 ? (1000 * total(promoted)) / durationMs : undefined,
    peakBytes: highest(before, pick(log.peakBytes)),
    committedBytes: highest(pick(log.committedAfterBytes)),
    heapLimitBytes: log.heapLimitBytes,
    lastGoalBytes: log.goalBytes === undefined ? undefined : known(pick(log.goalBytes)).at(-1),
    floor: floorOf(start, after, pick(log.liveBytes), generation),
    causes: totals === undefined ? causesOf(log, collections) : causesNamed(log, totals.causes),
  }
}

function floorOf(start: Float64Array, after: Float64Array, live: Float64Array, generation: Uint8Array): FloorTrend | undefined {
  const take = (basis: FloorTrend['basis'], values: Float64Array, wanted: (row: number) => boolean): FloorTrend | undefined => {
    const all = [...values.keys()].filter((row) => !Number.isNaN(values[row]) && wanted(row))
    if (all.length < 3) return undefined
    const rows = lowestOfBlocks(all, values)
    const bytes = Float64Array.from(rows, (row) => values[row])
    const timeMs = Float64Array.from(rows, (row) => start[row])
    const hasTime = timeMs.every((time) => !Number.isNaN(time)) && timeMs.at(-1)! > timeMs[0]
    const hours = timeMs.map((time) => time / 3_600_000)
    const half = bytes.length >> 1
    const rise = bytes.at(-1)! - bytes[0]
    return {
      basis,
      timeMs,
      bytes,
      bytesPerHour: hasTime ? medianSlope(hours, bytes) : Number.NaN,
      bytesPerHourError: hasTime ? 2 * fitLine(hours, bytes).slopeError : Number.NaN,
      trendScore: trendScore(bytes),
      lateShare: rise > 0 ? (bytes.at(-1)! - bytes[half]) / rise : 0,
    }
  }
  return (
    (live.length > 0 ? take('live', live, () => true) : undefined) ??
    take('after-major', after, (row) => generation[row] === 1) ??
    take('after-minor', after, (row) => generation[row] === 0)
  )
}

/** Rows thinned to the lowest of each block: the trend's cost grows with the square of its points, and a floor is made of minima. */
function lowestOfBlocks(rows: number[], values: Float64Array): number[] {
  if (rows.length <= MOST_FLOOR_POINTS) return rows
  return Array.from({ length: MOST_FLOOR_POINTS }, (_, block) => {
    const from = Math.floor((block * rows.length) / MOST_FLOOR_POINTS)
    const to = Math.floor(((block + 1) * rows.length) / MOST_FLOOR_POINTS)
    return rows.slice(from, to).reduce((lowest, row) => (values[row] < values[lowest] ? row : lowest))
  })
}

function pausesOf(pauses: Float64Array): PauseSummary {
  const [p50Ms = Number.NaN, p95Ms = Number.NaN, p99Ms = Number.NaN, maxMs = Number.NaN] = quantiles(pauses, [0.5, 0.95, 0.99, 1])
  return { count: pauses.length, totalMs: total(pauses), p50Ms, p95Ms, p99Ms, maxMs }
}

function pausesCounted(pauses: ValueHistogram): PauseSummary {
  return { count: pauses.count, totalMs: pauses.sum, p50Ms: pauses.quantile(0.5), p95Ms: pauses.quantile(0.95), p99Ms: pauses.quantile(0.99), maxMs: pauses.max }
}

/** The time a log covers; where its clock falls back, that of its pieces added up. */
function durationOf(start: Float64Array, pause: Float64Array, concurrent: Float64Array): { durationMs: number; clockFalls: number } {
  const times = known(start)
  if (times.length === 0) return { durationMs: Number.NaN, clockFalls: 0 }
  const last = start.length - 1
  const lastWork = (pause[last] || 0) + (concurrent[last] || 0)
  // Uptime clocks begin at 0; a clock that begins late is one of dates, or a rotated file.
  let begin = times[0]
  let highest = times[0]
  let durationMs = 0
  let clockFalls = 0
  for (let row = 0; row < start.length; row++) {
    const time = start[row]
    // A line is written when its pause ends, so that much earlier a start may be than the one before it.
    if (time + (pause[row] || 0) < highest) {
      durationMs += highest - begin
      clockFalls++
      begin = time
      highest = time
    } else if (time > highest) highest = time
  }
  if (clockFalls === 0 && begin <= 0.5 * highest) begin = 0
  return { durationMs: durationMs + highest + lastWork - begin, clockFalls }
}

function causesOf(log: GcLog, collections: Uint32Array): GcSummary['causes'] {
  const counts = new Map<number, number>()
  for (const row of collections) counts.set(log.cause[row], (counts.get(log.cause[row]) ?? 0) + 1)
  return causesNamed(log, counts)
}

function causesNamed(log: GcLog, counts: ReadonlyMap<number, number>): GcSummary['causes'] {
  return [...counts].map(([cause, count]) => ({ cause: log.strings.get(cause) || 'not said', count })).toSorted((a, b) => b.count - a.count)
}

/** The rows of some collections; empty where the log lacks the column. A plain loop: `from` with a function is ten times dearer. */
function pickRows(column: Float64Array | undefined, collections: Uint32Array): Float64Array {
  const picked = new Float64Array(column === undefined ? 0 : collections.length)
  if (column !== undefined) for (let row = 0; row < picked.length; row++) picked[row] = column[collections[row]]
  return picked
}

function known(values: Float64Array): Float64Array {
  let count = 0
  const found = new Float64Array(values.length)
  for (let row = 0; row < values.length; row++) if (!Number.isNaN(values[row])) found[count++] = values[row]
  return found.subarray(0, count)
}

function total(values: Float64Array): number {
  let sum = 0
  for (let row = 0; row < values.length; row++) sum += values[row]
  return sum
}

/** Over several columns; NaN where they know nothing. */
function highest(...columns: Float64Array[]): number {
  let best = Number.NaN
  for (const values of columns) for (let row = 0; row < values.length; row++) if (values[row] > best || Number.isNaN(best)) best = values[row]
  return best
}
