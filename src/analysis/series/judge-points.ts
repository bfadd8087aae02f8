import { growthFacts } from './features.ts'
import { growthRate } from './growth-rate.ts'
import type { Signal } from './signal.ts'
import { medianSlope } from './statistics.ts'

/** What a few values, each taken right after a forced full collection, say. */
export interface PointsVerdict {
  answer: 'grows' | 'level' | 'open'
  bytesPerHour: number
  /** One sentence with the numbers in it. */
  because: string
}

/** Growth below this share of the level over the whole probe is not told from what a runtime itself allocates. */
const SMALLEST_SHARE = 0.005
const SMALLEST_BYTES = 64 * 1024

/**
 * Judges values without garbage: no floor to find, no sawtooth, few points. It grows when nearly every value is above the one
 * before and the later half rises no less than half as fast as the first; it is level when what it rose in all is lost in its
 * own noise. In between it says so. Needs five values.
 */
export function judgePoints(signal: Signal): PointsVerdict {
  const { seconds, values } = signal
  const n = values.length
  if (n < 5) return { answer: 'open', bytesPerHour: 0, because: `${n} values are too few` }
  const facts = growthFacts(signal, {}, { values: 'exact' })
  const hours = (seconds[n - 1] - seconds[0]) / 3600
  const bytesPerHour = facts === undefined ? 0 : (growthRate(facts, {})?.perHour.value ?? 0)
  const rise = values[n - 1] - values[0]
  const typical = medianSlope(seconds, values) * 3600 * hours
  let up = 0
  for (let i = 1; i < n; i++) if (values[i] > values[i - 1]) up++
  const half = Math.floor(n / 2)
  const early = (values[half] - values[0]) / (seconds[half] - seconds[0])
  const late = (values[n - 1] - values[half]) / (seconds[n - 1] - seconds[half])
  const least = Math.max(SMALLEST_BYTES, SMALLEST_SHARE * values[0])
  const counted = `${up} of ${n - 1} values are above the one before`
  if (typical > least && up >= 0.75 * (n - 1) && late > 0.5 * early) return { answer: 'grows', bytesPerHour, because: `${counted}, and the later half rises ${(late / Math.max(1e-9, early)).toFixed(1)} times as fast as the first` }
  if (Math.abs(rise) <= least || typical <= least || late < 0.15 * early) return { answer: 'level', bytesPerHour: Math.max(0, bytesPerHour), because: late < 0.15 * early && rise > least ? `it rose at first and then no more` : `${counted}, by less than counts` }
  return { answer: 'open', bytesPerHour, because: counted }
}
