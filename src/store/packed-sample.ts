import { METRICS, type Metric } from '../model/memory-series.ts'
import type { Sample } from '../model/memory-series-builder.ts'

/** Stands where a metric's place stands, before all of them, in a row of a later start of the program. No metric will ever have it. */
const EPOCH = 255

/**
 * A sample as bytes: for each metric its place in METRICS (one byte) and its value as a variable-length whole number of seven
 * bits a byte. A sample of eight metrics takes about 40 bytes. Rows of a later start
 * of the program than the first begin with its number. METRICS may only be added to at its end, ever.
 */
export function packSample(sample: Sample, epoch = 0): Uint8Array {
  const bytes: number[] = []
  if (epoch > 0) push(bytes, EPOCH, epoch)
  for (const [place, metric] of METRICS.entries()) {
    const value = sample[metric]
    if (value === undefined || !Number.isFinite(value) || value < 0) continue
    push(bytes, place, Math.round(value))
  }
  return Uint8Array.from(bytes)
}

function push(bytes: number[], place: number, value: number): void {
  bytes.push(place)
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push(128 + (value % 128))
  bytes.push(value)
}

/** The sample again, and which start of the program it is of; what a newer version may have added is passed over. */
export function unpackSample(bytes: Uint8Array): { sample: Sample; epoch: number } {
  const sample: Sample = {}
  let epoch = 0
  let at = 0
  while (at < bytes.length) {
    const place = bytes[at++] ?? 0
    const metric: Metric | undefined = METRICS[place]
    let value = 0
    let scale = 1
    for (;;) {
      const byte = bytes[at++] ?? 0
      value += (byte & 127) * scale
      scale *= 128
      if (byte < 128) break
    }
    if (metric !== undefined) sample[metric] = value
    else if (place === EPOCH) epoch = value
  }
  return { sample, epoch }
}
