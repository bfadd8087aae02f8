import { bytesText } from '../../base/bytes-text.ts'
import type { Reason, Verdict } from '../../model/finding.ts'
import { type GcSummary, RISING_SCORE } from './gc-summary.ts'

/** What a collector's log says of its program, with the figures it rests on. */
export interface GcDiagnosis {
  /** Stable: leak, thrashing, allocation-bound, long-pauses, pending-burst, healthy, too-short. */
  id: 'leak' | 'thrashing' | 'allocation-bound' | 'long-pauses' | 'pending-burst' | 'healthy' | 'too-short'
  verdict: Verdict
  title: string
  reasons: Reason[]
  advice: string
}

// Where the lines are drawn. 25 % is the share Go itself plans for while it marks; a program that spends more of its
// whole CPU on collecting is bound by what it allocates.
const GC_BOUND_SHARE = 0.25
const PAUSED_BOUND_SHARE = 0.15
const LONG_PAUSE_MS = 200
const NEAR_LIMIT = 0.85
/** A floor counts as rising for good only if it gained this share of its own height. */
const RISE_WORTH_NAMING = 0.1
/** …and is still rising: an even rise has half of its gain in the second half of the points. */
const STILL_RISING = 0.25

/**
 * The diagnoses of one stream, the gravest first. A log alone shows what the collector saw: that memory is kept, not
 * by whom. Rising after minor collections alone is never called a leak, since they leave dead old objects behind.
 */
export function diagnoseGc(summary: GcSummary): GcDiagnosis[] {
  const found: GcDiagnosis[] = []
  const { floor } = summary
  const share = (value: number): string => `${(100 * value).toFixed(value < 0.095 ? 1 : 0)} %`

  if (summary.collections < 4) {
    return [
      {
        id: 'too-short',
        verdict: 'undecided',
        title: `${summary.collections} collection${summary.collections === 1 ? '' : 's'} in the log: too few to say anything`,
        reasons: [],
        advice: 'Record for longer, until several major collections are in the log; a forced one now and then helps most.',
      },
    ]
  }

  if (floor !== undefined) {
    const first = floor.bytes[0]
    const last = floor.bytes.at(-1)!
    const gained = last - first
    // Below four points there is no score; three that rise each time are worth a question, no more.
    const points = floor.bytes.length
    const rises = points >= 4 ? floor.trendScore > RISING_SCORE : floor.bytes.every((bytes, at) => at === 0 || bytes > floor.bytes[at - 1]!)
    const rising = rises && gained > RISE_WORTH_NAMING * Math.max(1, last) && floor.lateShare > STILL_RISING
    if (rising) {
      const exact = floor.basis !== 'after-minor'
      const decided = exact && points >= 5
      const rate = Number.isNaN(floor.bytesPerHour) ? '' : `, ${bytesText(floor.bytesPerHour)} an hour (± ${bytesText(floor.bytesPerHourError)})`
      found.push({
        id: 'leak',
        verdict: decided ? 'leak' : 'undecided',
        title: `the live floor rises: ${bytesText(first)} → ${bytesText(last)}${rate}`,
        reasons: [
          { for: true, text: `${points} points ${floor.basis === 'live' ? 'of what marking found alive' : floor.basis === 'after-major' ? 'after major collections' : 'after minor collections'}, ${points >= 4 ? `trend score ${floor.trendScore.toFixed(1)} (above ${RISING_SCORE} it rises)` : 'each above the one before'}` },
          { for: true, text: `${share(floor.lateShare)} of the gain falls into the second half: it has not come to rest` },
          ...(exact ? [] : [{ for: false, text: 'minor collections leave dead old objects behind: only a major one tells' }]),
          ...(points >= 5 ? [] : [{ for: false, text: `only ${points} points` }]),
        ],
        advice: decided
          ? 'The collector works and memory still stays: no setting helps. Find the holder: a heap snapshot before and after (stillhere hunt, diff).'
          : 'Force a few full collections while it runs (System.gc(), runtime.GC(), global.gc()) and read the log again.',
      })
    } else if (gained < 0.3 * last && summary.peakBytes > 3 * last && summary.lastGoalBytes !== undefined && summary.lastGoalBytes > 3 * last) {
      found.push({
        id: 'pending-burst',
        verdict: 'healthy',
        title: `the goal (${bytesText(summary.lastGoalBytes)}) is still that of a burst; the live heap is ${bytesText(last)}`,
        reasons: [{ for: false, text: 'the next collections bring the goal down to twice the live heap' }],
        advice: 'Nothing to fix: the next cycles adapt. Pages go back to the system later still.',
      })
    }
  }

  const limit = summary.heapLimitBytes
  const top = floor?.bytes.at(-1)
  if (limit !== undefined && top !== undefined && top > NEAR_LIMIT * limit && (summary.pausedShare > PAUSED_BOUND_SHARE || summary.majors > summary.minors)) {
    found.push({
      id: 'thrashing',
      verdict: 'suspect',
      title: `thrashing at the limit: ${bytesText(top)} live of ${bytesText(limit)}, ${share(summary.pausedShare)} of the time stopped`,
      reasons: [{ for: true, text: `${summary.majors} major collections against ${summary.minors} minor ones` }],
      advice: 'Each collection frees next to nothing. Raise the limit to about twice the live heap, or make the program keep less.',
    })
  }
  const bound = summary.cpuShare ?? summary.pausedShare
  const threshold = summary.cpuShare === undefined ? PAUSED_BOUND_SHARE : GC_BOUND_SHARE
  if (bound > threshold) {
    found.push({
      id: 'allocation-bound',
      verdict: 'suspect',
      title: `bound by allocation: the collector takes ${share(bound)} of the ${summary.cpuShare === undefined ? 'time' : 'CPU'} at ${bytesText(summary.allocatedBytesPerSecond)}/s allocated`,
      reasons: [
        ...(summary.assistShare === undefined ? [] : [{ for: true, text: `${share(summary.assistShare)} of that is done by the program's own threads (assists)` }]),
        { for: true, text: `${summary.collections} collections in ${(summary.durationMs / 1000).toFixed(1)} s` },
      ],
      advice: 'Fix the code before the knobs: allocate less (reuse buffers, avoid copies and boxing). A bigger heap only makes it rarer.',
    })
  }
  if (summary.pauses.maxMs > LONG_PAUSE_MS) {
    found.push({
      id: 'long-pauses',
      verdict: 'suspect',
      title: `pauses up to ${summary.pauses.maxMs.toFixed(0)} ms (99th percentile ${summary.pauses.p99Ms.toFixed(0)} ms)`,
      reasons: [],
      advice: 'If latency matters, use a concurrent collector (ZGC, Shenandoah), or keep less live: pauses grow with what is alive.',
    })
  }
  if (found.every(({ verdict }) => verdict === 'healthy')) {
    const still = floor === undefined ? 'no collection that tells the live floor' : `live floor ${bytesText(floor.bytes[0])} → ${bytesText(floor.bytes.at(-1)!)}`
    found.unshift({
      id: 'healthy',
      verdict: floor === undefined || (floor.basis === 'after-minor' && summary.majors === 0) ? 'undecided' : 'healthy',
      title: `${still}; ${share(summary.pausedShare || 0)} of the time stopped`,
      reasons: [],
      advice: floor === undefined || floor.basis === 'after-minor' ? 'Without a major collection the log cannot tell garbage from a leak: force one and record on.' : 'Nothing to do.',
    })
  }
  const order = { leak: 0, suspect: 1, undecided: 2, healthy: 3 }
  return found.toSorted((a, b) => order[a.verdict] - order[b.verdict])
}
