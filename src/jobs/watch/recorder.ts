import type { MemorySeries } from '../../model/memory-series.ts'
import { MemorySeriesBuilder, type Sample } from '../../model/memory-series-builder.ts'

interface Row {
  timeMs: number
  epoch: number
  sample: Sample
}

/** Beyond this many the older half is thinned: a watch of weeks stays as small as one of an hour. */
const MOST_ROWS = 4000

/**
 * The samples of one watched process, through its restarts. Bounded: thinning keeps of each group of eight the rows in which
 * memory was lowest and highest and live memory changed, never means.
 */
export class Recorder {
  #rows: Row[] = []
  #process: MemorySeries['process']
  #epoch = 0
  #limitBytes: number | undefined

  constructor(process: MemorySeries['process']) {
    this.#process = process
  }

  get sampleCount(): number {
    return this.#rows.length
  }

  get last(): Sample | undefined {
    return this.#rows.at(-1)?.sample
  }

  /** What its memory may grow to, as far as is known now. */
  limit(bytes: number): void {
    this.#limitBytes = bytes
  }

  /** What became known of it meanwhile. */
  identify(process: MemorySeries['process']): void {
    this.#process = process
  }

  /** What follows is another start of the program. */
  restart(process: MemorySeries['process']): void {
    this.#process = process
    this.#epoch++
  }

  add(timeMs: number, sample: Sample): void {
    this.#rows.push({ timeMs, epoch: this.#epoch, sample })
    if (this.#rows.length > MOST_ROWS) this.#thin()
  }

  series(name: string): MemorySeries {
    const builder = new MemorySeriesBuilder({ name, format: 'linux-proc', runtime: this.#process.runtime, idsAreStable: false, notices: [] }, this.#process)
    for (const { timeMs, epoch, sample } of this.#rows) builder.add(timeMs, sample, epoch)
    if (this.#limitBytes !== undefined) builder.limit(this.#limitBytes)
    return builder.finish()
  }

  #thin(): void {
    const half = Math.floor(this.#rows.length / 2)
    const kept: Row[] = []
    for (let from = 0; from < half; from += 8) {
      const group = this.#rows.slice(from, Math.min(from + 8, half))
      const level = ({ sample }: Row): number => sample['heap-live'] ?? sample['heap-used'] ?? sample['rss-anon'] ?? sample.rss ?? 0
      const lowest = group.reduce((a, b) => (level(b) < level(a) ? b : a))
      const highest = group.reduce((a, b) => ((b.sample['rss-anon'] ?? b.sample.rss ?? 0) > (a.sample['rss-anon'] ?? a.sample.rss ?? 0) ? b : a))
      kept.push(...group.filter((row) => row === lowest || row === highest || row.epoch !== group[0]!.epoch))
    }
    this.#rows = [...kept, ...this.#rows.slice(half)]
  }
}
