import type { Signal } from './signal.ts'
import { median, quantiles, robustDeviation } from './statistics.ts'

/** The level a sawtooth comes back to: what stays when everything that could go has gone. */
export interface Floor {
  seconds: Float64Array
  values: Float64Array
  /** Standard deviation of the floor around its own course. */
  noise: number
  /** Falls of the signal that look like collections or flushes. */
  resetCount: number
  /** Typical height from trough to peak. */
  amplitude: number
}

const MOST_BLOCKS = 36

/**
 * The floor of a signal.
 *
 * Method: resets are falls larger than 5 robust deviations of the differences and 12 % of the range (a zigzag filter).
 *   With 3–26 resets the trough after each is a point, since equal blocks would alias with the teeth and give a false
 *   trend; otherwise the minimum of up to 36 equal time blocks, never more blocks than resets / 1.3. Up to 36
 *   values of exact live memory are taken as they are; only falls of 35 % of the range are resets there.
 * Cost: linear in the samples, apart from sorting the differences.
 */
export function findFloor(signal: Signal, options: { values?: 'exact' | undefined; smallestNoise?: number | undefined } = {}): Floor {
  const { seconds, values } = signal
  const [low, high] = quantiles(values, [0.03, 0.97])
  const range = high - low
  const exact = options.values === 'exact'
  const differences = values.subarray(1).map((value, i) => value - values[i])
  const threshold = Math.max(5 * robustDeviation(differences), (exact ? 0.35 : 0.12) * range)
  const { troughs, amplitude } = zigzag(values, threshold)
  const resets = troughs.length
  if (resets >= 4 && resets <= 26 && troughs[resets - 1] >= values.length * 0.6) {
    const at = troughs
    // What came before the first fall has a floor too: its first value.
    if (values[0] <= values[at[0]] + threshold && at[0] > values.length * 0.05) at.unshift(0)
    return floorOf(pick(seconds, at), pick(values, at), resets, amplitude, options)
  }
  if (exact && values.length <= MOST_BLOCKS) return floorOf(seconds, values, resets, amplitude, options)
  const blocks = Math.max(4, Math.min(MOST_BLOCKS, Math.floor(values.length / (exact ? 2 : 5)), resets > 26 ? Math.floor(resets / 1.3) : MOST_BLOCKS))
  const at = blockExtremes(seconds, values, blocks, (value, than) => value < than)
  return floorOf(pick(seconds, at), pick(values, at), resets, amplitude, options)
}

function floorOf(seconds: Float64Array, values: Float64Array, resetCount: number, amplitude: number, options: { smallestNoise?: number | undefined }): Floor {
  return { seconds, values, noise: noiseOf(values, options.smallestNoise ?? 4096), resetCount, amplitude }
}

/** From second differences: a trend, even a bent one, does not count as noise. */
export function noiseOf(values: Float64Array, smallest: number): number {
  const level = Math.abs(values.length === 0 ? 0 : median(values))
  if (values.length < 4) return Math.max(smallest, 1e-4 * level)
  const second = new Float64Array(values.length - 2)
  for (let i = 0; i < second.length; i++) second[i] = Math.abs(values[i + 2] - 2 * values[i + 1] + values[i])
  return Math.max((1.4826 * median(second)) / Math.sqrt(6), smallest, 1e-4 * level)
}

/** Index of the lowest value after each fall of at least `threshold`, and the median fall. */
function zigzag(values: Float64Array, threshold: number): { troughs: number[]; amplitude: number } {
  const troughs: number[] = []
  const falls: number[] = []
  let high = 0
  let low = 0
  let falling = false
  for (let i = 1; i < values.length; i++) {
    if (falling) {
      if (values[i] < values[low]) low = i
      else if (values[i] - values[low] > threshold * 0.5) {
        troughs.push(low)
        falls.push(values[high] - values[low])
        falling = false
        high = i
      }
    } else if (values[i] > values[high]) high = i
    else if (values[high] - values[i] > threshold) {
      falling = true
      low = i
    }
  }
  if (falling && low < values.length - 2) {
    troughs.push(low)
    falls.push(values[high] - values[low])
  }
  return { troughs, amplitude: falls.length === 0 ? 0 : median(falls) }
}

/** What a signal rises to: the highest value of each of up to 36 blocks of time. */
export function findCeiling({ seconds, values }: Signal): Signal {
  const blocks = Math.max(4, Math.min(MOST_BLOCKS, Math.floor(values.length / 5)))
  const at = blockExtremes(seconds, values, blocks, (value, than) => value > than)
  return { seconds: pick(seconds, at), values: pick(values, at) }
}

/** Where the lowest or highest value of each block of time is. */
function blockExtremes(seconds: Float64Array, values: Float64Array, blocks: number, isBetter: (value: number, than: number) => boolean): number[] {
  const start = seconds[0]
  const width = (seconds[seconds.length - 1] - start) / blocks
  const extremes: number[] = []
  let block = -1
  for (let i = 0; i < values.length; i++) {
    const mine = width > 0 ? Math.min(blocks - 1, Math.floor((seconds[i] - start) / width)) : 0
    if (mine !== block) {
      extremes.push(i)
      block = mine
    } else if (isBetter(values[i], values[extremes[extremes.length - 1]])) extremes[extremes.length - 1] = i
  }
  return extremes
}

function pick(values: Float64Array, at: readonly number[]): Float64Array {
  return Float64Array.from(at, (i) => values[i])
}
