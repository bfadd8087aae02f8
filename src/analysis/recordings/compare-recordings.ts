import { bytesText } from '../../base/bytes-text.ts'
import type { MemorySeries } from '../../model/memory-series.ts'
import type { SeriesVerdict } from '../../model/series-verdict.ts'
import { findFloor } from '../series/floor.ts'
import { drawSignals, type Signal, type Signals, valueAt } from '../series/signals.ts'
import { fitLine, medianSlope } from '../series/statistics.ts'

/** A recording beside an earlier one of the same program that was healthy. */
export interface RecordingComparison {
  answer: 'as-before' | 'higher' | 'rises-faster' | 'not-comparable'
  /** What was compared: the floor of the live heap where both have it, else of the process. */
  of?: 'live heap' | 'process memory' | undefined
  /** Seconds of the program's life that both have seen. */
  overlapSeconds: number
  /** The floor at the end of that, then and now. */
  thenBytes?: number | undefined
  nowBytes?: number | undefined
  /** How fast the floor rose in the later half of it. */
  thenBytesPerHour?: number | undefined
  nowBytesPerHour?: number | undefined
  /** One sentence with the numbers in it. */
  text: string
}

/** A floor may differ by this much between two healthy runs: caches fill a little differently. */
const LEVEL_SHARE = 0.1
const LEVEL_BYTES = 1e6
/** Extra growth over the compared half below this is nobody's leak. */
const RISE_SHARE = 0.01
const RISE_BYTES = 256 * 1024

/**
 * Says whether a program does what it did when it was healthy.
 *
 * Method: floors of both, put side by side by the age of the program (by the time since recording began where its start is
 *   not known); the level at the end of the time both saw, and robust slopes of its later half. It rises faster when the slopes
 *   differ by more than two standard errors of both and by more bytes than counts.
 * Result: `as-before` is no proof of health: a leak that was there before is there now too.
 */
export function compareRecordings(now: MemorySeries, healthy: MemorySeries): RecordingComparison {
  const [ours, theirs] = [drawSignals(now), drawSignals(healthy)]
  const pair = commonSignal(ours, theirs)
  if (pair === undefined) return { answer: 'not-comparable', overlapSeconds: 0, text: 'the healthy recording measures something else' }
  const [nowFloor, thenFloor] = [findFloor(pair.now), findFloor(pair.before)]
  const nowFrom = ageAtStart(now)
  const thenFrom = ageAtStart(healthy)
  const known = nowFrom !== undefined && thenFrom !== undefined
  const shift = known ? nowFrom - thenFrom : 0 // a time of ours + shift is one of theirs
  const from = Math.max(0, -shift)
  const to = Math.min(ours.spanSeconds, theirs.spanSeconds - shift)
  const overlapSeconds = Math.max(0, to - from)
  const middle = from + overlapSeconds / 2
  const late = [within(nowFloor, middle, to), within(thenFloor, middle + shift, to + shift)] as const
  if (overlapSeconds < 0.2 * ours.spanSeconds || late.some(({ values }) => values.length < 4)) {
    return { answer: 'not-comparable', of: pair.of, overlapSeconds, text: `the healthy recording saw too little of this part of the program’s life (${Math.round(overlapSeconds)} s)` }
  }
  const [rising, before] = [slopeOf(late[0]), slopeOf(late[1])]
  const nowBytes = valueAt(nowFloor, to)
  const thenBytes = valueAt(thenFloor, to + shift)
  const extra = rising.slope - before.slope
  const faster = extra > 2 * Math.hypot(rising.error, before.error) && extra * (overlapSeconds / 2) > Math.max(RISE_BYTES, RISE_SHARE * thenBytes)
  const higher = nowBytes > thenBytes * (1 + LEVEL_SHARE) + LEVEL_BYTES
  const facts = { of: pair.of, overlapSeconds, thenBytes, nowBytes, thenBytesPerHour: before.slope * 3600, nowBytesPerHour: rising.slope * 3600 }
  const rates = `${bytesText(facts.nowBytesPerHour)}/h, then ${bytesText(facts.thenBytesPerHour)}/h`
  const levels = `${bytesText(nowBytes)}, then ${bytesText(thenBytes)}`
  const at = known ? 'at the same age' : 'as long after recording began'
  if (faster) return { answer: 'rises-faster', ...facts, text: `the floor of the ${pair.of} rises faster than in the healthy recording: ${rates}; ${at} it is at ${levels}` }
  if (higher) return { answer: 'higher', ...facts, text: `the floor of the ${pair.of} is higher than in the healthy recording ${at}: ${levels}; it rises no faster` }
  return { answer: 'as-before', ...facts, text: `the floor of the ${pair.of} does what it did in the healthy recording: ${at} ${levels}; it rises by ${rates}` }
}

function slopeOf({ seconds, values }: Signal): { slope: number; error: number } {
  return { slope: medianSlope(seconds, values), error: fitLine(seconds, values).slopeError }
}

/**
 * The verdict with that knowledge: a leak that is no faster and no higher than the healthy run was at the same age is only
 * called growing. Never the other way: what differs from before need not leak.
 */
export function judgeBeside(verdict: SeriesVerdict, comparison: RecordingComparison): SeriesVerdict {
  const supports = comparison.answer === 'rises-faster' || comparison.answer === 'higher'
  const reasons = [...verdict.reasons, { for: supports, text: comparison.text }]
  const covered = comparison.overlapSeconds >= 0.8 * verdict.evidence.spanSeconds
  if (verdict.verdict !== 'leak' || comparison.answer !== 'as-before' || !covered) return { ...verdict, reasons }
  return { ...verdict, verdict: 'growing', severity: undefined, reasons, wouldDecide: 'watch on beyond the end of the healthy recording: only what goes on rising there leaks' }
}

function commonSignal(ours: Signals, theirs: Signals): { of: 'live heap' | 'process memory'; now: Signal; before: Signal } | undefined {
  // Two kinds of live heap (after full collections, and any use) have other floors: they are not compared.
  if (ours.live !== undefined && theirs.live !== undefined && ours.liveFrom === theirs.liveFrom) return { of: 'live heap', now: ours.live, before: theirs.live }
  if (ours.process !== undefined && theirs.process !== undefined) return { of: 'process memory', now: ours.process, before: theirs.process }
  return undefined
}

/** How old the program was when the first sample was taken; undefined when its start is not known on the same clock. */
function ageAtStart({ process, timeMs, epoch, sampleCount }: MemorySeries): number | undefined {
  if (process.startedAtMs === undefined) return undefined
  // Of a program that was restarted meanwhile the newest start is known, and the newest samples are judged.
  const first = epoch === undefined ? 0 : epoch.indexOf(epoch[sampleCount - 1])
  const age = (timeMs[first] - process.startedAtMs) / 1000
  return age >= -1 && age < 10 * 365 * 86_400 ? Math.max(0, age) : undefined
}

function within({ seconds, values }: Signal, from: number, to: number): Signal {
  const kept: number[] = []
  for (let i = 0; i < seconds.length; i++) if (seconds[i] >= from && seconds[i] <= to) kept.push(i)
  return { seconds: Float64Array.from(kept, (i) => seconds[i]), values: Float64Array.from(kept, (i) => values[i]) }
}
