/** One thing that may grow: times in seconds since the first sample of the epoch, values without gaps. */
export interface Signal {
  seconds: Float64Array
  values: Float64Array
}

/** The signal's value at a time, between two samples by a straight line. */
export function valueAt(signal: Signal, second: number): number {
  const { seconds, values } = signal
  let low = 0
  let high = seconds.length - 1
  if (second <= seconds[0]) return values[0]
  if (second >= seconds[high]) return values[high]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (seconds[middle] <= second) low = middle
    else high = middle
  }
  const width = seconds[high] - seconds[low]
  return width > 0 ? values[low] + ((second - seconds[low]) / width) * (values[high] - values[low]) : values[low]
}

/** How fast a running total grows around each moment, per second: over `half` to both sides, or as much of it as was seen. */
export function ratesAround(total: Signal, seconds: Float64Array, half: number): Float64Array {
  const first = total.seconds[0]
  const last = total.seconds[total.seconds.length - 1]
  return seconds.map((second) => {
    const from = Math.max(first, second - half)
    const to = Math.min(last, second + half)
    return to > from ? (valueAt(total, to) - valueAt(total, from)) / (to - from) : 0
  })
}
