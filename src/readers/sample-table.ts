import { ReadError } from '../base/errors.ts'
import { MemorySeriesBuilder, type Sample } from '../model/memory-series-builder.ts'
import type { MemorySeries } from '../model/memory-series.ts'
import { addNotice, type Source } from '../model/source.ts'

/**
 * Samples of several processes, as monitors of a whole machine write them. A `MemorySeries` is one process; the one whose
 * memory rose most is chosen, and a notice names how many others there were.
 */
export class SampleTable {
  readonly source: Source
  readonly #rows = new Map<string, { timeMs: number; sample: Sample }[]>()
  readonly #commands = new Map<string, string>()
  #limitBytes: number | undefined

  constructor(name: string, format: string, sizeBytes?: number) {
    this.source = { name, format, idsAreStable: false, sizeBytes, notices: [] }
  }

  add(process: string, timeMs: number, sample: Sample, command?: string): void {
    if (!Number.isFinite(timeMs)) return
    const rows = this.#rows.get(process)
    if (rows === undefined) this.#rows.set(process, [{ timeMs, sample }])
    else rows.push({ timeMs, sample })
    if (command !== undefined && command !== '') this.#commands.set(process, command)
  }

  /** The memory limit that applies; the last one said counts. */
  limit(bytes: number): void {
    this.#limitBytes = bytes
  }

  get isEmpty(): boolean {
    return this.#rows.size === 0
  }

  /** The series of one process. @throws ReadError when there is no sample at all */
  finish(expected: string): MemorySeries {
    let chosen: { process: string; rise: number } | undefined
    for (const [process, rows] of this.#rows) {
      const level = (row: { sample: Sample }): number => row.sample['rss-anon'] ?? row.sample.rss ?? row.sample['heap-used'] ?? row.sample['cgroup-current'] ?? 0
      const rise = level(rows[rows.length - 1]) - level(rows[0])
      if (chosen === undefined || rise > chosen.rise) chosen = { process, rise }
    }
    if (chosen === undefined) {
      throw new ReadError({ file: this.source.name, format: this.source.format, position: { kind: 'whole' }, expected, found: 'none' })
    }
    if (this.#rows.size > 1) {
      addNotice(this.source, { code: 'other-processes', count: this.#rows.size - 1, message: `Other processes were passed over; this is ${chosen.process}, whose memory rose most.` })
    }
    const pid = Number(chosen.process)
    const builder = new MemorySeriesBuilder(this.source, {
      pid: Number.isInteger(pid) && pid > 0 ? pid : undefined,
      command: this.#commands.get(chosen.process),
    })
    for (const { timeMs, sample } of this.#rows.get(chosen.process) ?? []) builder.add(timeMs, sample)
    if (this.#limitBytes !== undefined) builder.limit(this.#limitBytes)
    return builder.finish()
  }
}
