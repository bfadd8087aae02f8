import { stat } from 'node:fs/promises'
import { ReadError } from '../../base/errors.ts'
import { startRun } from '../../base/run.ts'
import { seriesOfGcLog } from '../../analysis/gc/series-of-gc-log.ts'
import { streamsOf } from '../../analysis/gc/gc-summary.ts'
import type { GcLog } from '../../model/gc-log.ts'
import type { Metric } from '../../model/memory-series.ts'
import type { Sample } from '../../model/memory-series-builder.ts'
import { bytesSource } from '../../readers/bytes-source.ts'
import { openInput } from '../../readers/open.ts'
import { READERS } from '../../readers/registry.ts'
import { decompress, fileSource } from '../file-source.ts'

/** Reading takes at most this share of our time, however long the log is; one of less than a megabyte is read at each look. */
const MOST_SHARE = 0.02
const SMALL_BYTES = 1 << 20

/**
 * A collector's log that grows while the program runs: what its last collection left is the live heap. The log is read again
 * as a whole when it has grown, so that every format, rotated files and a log that begins anew are understood alike; a
 * long one is read the more seldom, for at most 2 % of the time.
 */
export class GcLogFollower {
  readonly #path: string
  /** Found by trying, not by the beginning of the file. */
  #format: string | undefined
  #sizeBytes = -1
  #nextMs = 0
  #last: Sample = {}
  readonly #nowMs: () => number

  constructor(path: string, { nowMs = () => performance.now() }: { nowMs?: () => number } = {}) {
    this.#path = path
    this.#nowMs = nowMs
  }

  /** What is known now. A log without a collection so far, or that is not written yet, says nothing. */
  async read(): Promise<Sample> {
    const started = this.#nowMs()
    if (started < this.#nextMs) return this.#last
    const sizeBytes = await stat(this.#path).then(({ size }) => size, () => -1)
    if (sizeBytes <= 0 || sizeBytes === this.#sizeBytes) return this.#last
    const log = await this.#readLog()
    if (log !== undefined) this.#last = lastOf(log)
    this.#sizeBytes = sizeBytes
    if (sizeBytes > SMALL_BYTES) {
      const endedMs = this.#nowMs()
      this.#nextMs = endedMs + (endedMs - started) / MOST_SHARE
    }
    return this.#last
  }

  /** By the beginning of the file; where that is the program's own words, by whichever format finds collections in it. */
  async #readLog(): Promise<GcLog | undefined> {
    const log = await readAs(this.#path, this.#format)
    if (log !== undefined || this.#format !== undefined) return log
    for (const format of GC_FORMATS) {
      const found = await readAs(this.#path, format)
      if (found === undefined) continue
      this.#format = format
      return found
    }
    return undefined
  }
}

/** Undefined when the file, read so, holds no collection yet; a last line that is half written is no trouble. */
async function readAs(path: string, format: string | undefined): Promise<GcLog | undefined> {
  try {
    const opened = await openInput(await fileSource(path), startRun(), { decompress, makes: ['gc-log'], format })
    return opened.makes === 'gc-log' && opened.model.collectionCount > 0 ? opened.model : undefined
  } catch (error) {
    if (error instanceof ReadError) return undefined
    throw error
  }
}

const GC_FORMATS = READERS.filter(({ makes }) => makes === 'gc-log').map(({ format }) => format)

/** Lines of a collector's log as they come, one collection each: Go's gctrace. */
export class GcLineListener {
  #last: Sample = {}
  #full = 0

  /** Takes one line; whether it was one of the collector's. */
  async hear(line: string): Promise<boolean> {
    if (!/^gc \d+ @/.test(line)) return /^(?:scav|pacer: )/.test(line)
    try {
      const opened = await openInput(bytesSource('gctrace', new TextEncoder().encode(`${line}\n`)), startRun(), { format: 'go-gctrace', makes: ['gc-log'] })
      if (opened.makes !== 'gc-log') return false
      this.#full++
      this.#last = { ...lastOf(opened.model), 'gc-count': this.#full, 'gc-full-count': this.#full }
      return true
    } catch (error) {
      if (error instanceof ReadError) return false // the program's own words
      throw error
    }
  }

  read(): Promise<Sample> {
    return Promise.resolve(this.#last)
  }
}

const KEPT: readonly Metric[] = ['heap-live', 'heap-floor', 'heap-committed', 'gc-count', 'gc-full-count']

/** The newest value of each metric; how much was used before a collection is of that moment only, and left out. */
function lastOf(log: GcLog): Sample {
  const series = seriesOfGcLog(log, streamsOf(log)[0]?.collections ?? [])
  const sample: Sample = {}
  for (const metric of KEPT) {
    const value = series.metrics.get(metric)?.findLast((each) => !Number.isNaN(each))
    if (value !== undefined) sample[metric] = value
  }
  if (series.limitBytes !== undefined) sample['heap-limit'] = series.limitBytes
  return sample
}
