import { type Floor, noiseOf } from './floor.ts'
import { type Signal, valueAt } from './signal.ts'
import { mean } from './statistics.ts'

/** Fewer cycles than this give no course. */
const FEWEST_CYCLES = 4

/**
 * The level each collection left behind, from the whole sawtooth and not from its lowest values alone.
 *
 * Method: between two collections use is what is live plus garbage, which grows with the work done since (without known work, with
 *   time). The slope within cycles is common to all of them (least squares with one intercept a cycle); the intercept of a cycle is
 *   the live level at its beginning. Each is carried by all samples of its cycle, so its noise is far below that of any one of them.
 * Cost: two passes over the samples.
 * Result: one value a cycle; undefined below four cycles. The stretch before the first collection is left out: it has no floor.
 */
export function liveLevels(used: Signal, collections: Signal, work: Signal | undefined): Signal | undefined {
  const { seconds, values } = used
  const cycles: { from: number; to: number }[] = []
  let from = -1
  let last = valueAt(collections, seconds[0])
  for (let i = 1; i < values.length; i++) {
    const count = valueAt(collections, seconds[i])
    // A count between two samples of the counter is not a collection yet.
    if (count < last + 1) continue
    if (from >= 0) cycles.push({ from, to: i })
    from = i
    last = Math.floor(count)
  }
  if (from >= 0 && values.length - from >= 3) cycles.push({ from, to: values.length })
  if (cycles.length < FEWEST_CYCLES) return undefined
  // The collection was somewhere between the first sample after it and the one before.
  const progress = (i: number): number => (work === undefined ? seconds[i] : valueAt(work, seconds[i]))
  const since = new Float64Array(values.length)
  let xy = 0
  let xx = 0
  for (const cycle of cycles) {
    const start = (progress(cycle.from) + progress(cycle.from - 1)) / 2
    let sumX = 0
    let sumY = 0
    for (let i = cycle.from; i < cycle.to; i++) {
      since[i] = progress(i) - start
      sumX += since[i]
      sumY += values[i]
    }
    const meanX = sumX / (cycle.to - cycle.from)
    const meanY = sumY / (cycle.to - cycle.from)
    for (let i = cycle.from; i < cycle.to; i++) {
      xx += (since[i] - meanX) ** 2
      xy += (since[i] - meanX) * (values[i] - meanY)
    }
  }
  const perWork = xx > 0 ? Math.max(0, xy / xx) : 0
  const levels = new Float64Array(cycles.length)
  const times = new Float64Array(cycles.length)
  for (const [k, cycle] of cycles.entries()) {
    let sum = 0
    for (let i = cycle.from; i < cycle.to; i++) sum += values[i] - perWork * since[i]
    levels[k] = sum / (cycle.to - cycle.from)
    times[k] = seconds[cycle.from]
  }
  return { seconds: times, values: levels }
}

const MOST_POINTS = 36

/** A course without a sawtooth as at most 36 points: means, since its noise goes both ways. Undefined below 4 values. */
export function levelCourse({ seconds, values }: Signal): Floor | undefined {
  const n = values.length
  if (n < 4) return undefined
  const points = Math.min(n, MOST_POINTS)
  const times = new Float64Array(points)
  const levels = new Float64Array(points)
  for (let point = 0; point < points; point++) {
    const from = Math.floor((point * n) / points)
    const to = Math.floor(((point + 1) * n) / points)
    times[point] = mean(seconds.subarray(from, to))
    levels[point] = mean(values.subarray(from, to))
  }
  return { seconds: times, values: levels, noise: noiseOf(levels, 4096), resetCount: 0, amplitude: 0 }
}
