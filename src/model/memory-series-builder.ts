import type { MemorySeries, Metric } from './memory-series.ts'
import { METRICS } from './memory-series.ts'
import { addNotice, type Source } from './source.ts'

/** What was measured at one moment; what is left out, or NaN, is missing. */
export type Sample = Partial<Record<Metric, number>>

/**
 * Collects samples in the order in which they come and makes a `MemorySeries` of them; the only way to make one.
 * A sample older than the one before it (a clock that jumped) is sorted in and counted as a notice; two samples of the same
 * moment in one epoch become one, the later value winning. Infinite and negative values count as missing, `remainder`-like
 * differences are nobody's input.
 * Cost: 8 bytes per value while collecting, the same again for the result.
 */
export class MemorySeriesBuilder {
  readonly #source: Source
  readonly #process: MemorySeries['process']
  readonly #time: number[] = []
  readonly #epoch: number[] = []
  readonly #columns = new Map<Metric, number[]>()
  #limitBytes: number | undefined
  #sorted = true

  constructor(source: Source, process: MemorySeries['process'] = {}) {
    this.#source = source
    this.#process = process
  }

  get sampleCount(): number {
    return this.#time.length
  }

  add(timeMs: number, sample: Sample, epoch = 0): void {
    const row = this.#time.length
    const last = this.#time[row - 1] ?? -Infinity
    if (timeMs < last) {
      this.#sorted = false
      addNotice(this.#source, { code: 'time-went-back', message: 'The clock of the recording went back; the samples were put in order.', firstAt: `sample ${row + 1}` })
    }
    this.#time.push(timeMs)
    this.#epoch.push(epoch)
    for (const name in sample) {
      const value = sample[name as Metric]
      if (value === undefined || !Number.isFinite(value) || value < 0) continue
      let column = this.#columns.get(name as Metric)
      if (column === undefined) this.#columns.set(name as Metric, (column = []))
      while (column.length < row) column.push(Number.NaN)
      column[row] = value
    }
  }

  limit(bytes: number): void {
    this.#limitBytes = bytes
  }

  finish(): MemorySeries {
    const order = this.#order()
    const take = (values: readonly number[]): Float64Array => Float64Array.from(order, (row) => values[row] ?? Number.NaN)
    const epoch = Uint32Array.from(order, (row) => this.#epoch[row])
    const metrics = new Map<Metric, Float64Array>()
    for (const metric of METRICS) {
      const column = this.#columns.get(metric)
      if (column !== undefined) metrics.set(metric, take(column))
    }
    return {
      source: this.#source,
      process: this.#process,
      sampleCount: order.length,
      timeMs: take(this.#time),
      epoch: epoch.some((value) => value !== epoch[0]) ? epoch : undefined,
      metrics,
      limitBytes: this.#limitBytes,
    }
  }

  /** Rows in time order, one for each moment of an epoch. */
  #order(): number[] {
    const rows = this.#time.map((_, row) => row)
    if (!this.#sorted) rows.sort((a, b) => this.#epoch[a] - this.#epoch[b] || this.#time[a] - this.#time[b] || a - b)
    const kept: number[] = []
    for (const row of rows) {
      const before = kept.at(-1)
      if (before !== undefined && this.#time[before] === this.#time[row] && this.#epoch[before] === this.#epoch[row]) {
        for (const column of this.#columns.values()) {
          const value = column[row]
          if (value === undefined || Number.isNaN(value)) column[row] = column[before] ?? Number.NaN
        }
        kept[kept.length - 1] = row
      } else kept.push(row)
    }
    return kept
  }
}
