import { METRICS, type Metric } from '../model/memory-series.ts'
import type { Sample } from '../model/memory-series-builder.ts'

/**
 * A sample as bytes: for each metric its place in METRICS (one byte) and its value as a variable-length whole number of seven
 * bits a byte. A sample of eight metrics takes about 40 bytes. METRICS may only be added to at its end, ever.
 */
export function packSample(sample: Sample): Uint8Array {
  const bytes: number[] = []
  for (const [place, metric] of METRICS.entries()) {
    let value = sample[metric]
    if (value === undefined || !Number.isFinite(value) || value < 0) continue
    bytes.push(place)
    value = Math.round(value)
    while (value >= 128) {
      bytes.push(128 + (value % 128))
      value = Math.floor(value / 128)
    }
    bytes.push(value)
  }
  return Uint8Array.from(bytes)
}

/** The sample again; what a newer version may have added is passed over. */
export function unpackSample(bytes: Uint8Array): Sample {
  const sample: Sample = {}
  let at = 0
  while (at < bytes.length) {
    const metric: Metric | undefined = METRICS[bytes[at++] ?? 0]
    let value = 0
    let scale = 1
    for (;;) {
      const byte = bytes[at++] ?? 0
      value += (byte & 127) * scale
      scale *= 128
      if (byte < 128) break
    }
    if (metric !== undefined) sample[metric] = value
  }
  return sample
}
