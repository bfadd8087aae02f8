import { METRICS, type Metric } from '../model/memory-series.ts'
import type { Sample } from '../model/memory-series-builder.ts'
import { foreignFile, procLink, procNames } from './proc-files.ts'

const MOST_BYTES = 4096

/**
 * What a program that loaded our helper says of itself: `stillhere/register` with STILLHERE_MEASURE, or `stillhere.measure()` in
 * Python. The helper keeps one small file without a name open and writes its numbers over and over at its beginning; it is
 * found among the process's descriptors, so it works across containers, needs no port, and is gone with the process.
 * Form: one line of JSON, `{"at":ms,"runtime":"node","metrics":{"heap-used":…}}`, padded with blanks.
 */
export class OwnAccount {
  readonly runtime: string | undefined
  readonly #path: string

  private constructor(path: string, runtime: string | undefined) {
    this.#path = path
    this.runtime = runtime
  }

  /** The account of this process; undefined when it keeps none, or its descriptors are closed to this user. */
  static find(pid: number): OwnAccount | undefined {
    const folder = `/proc/${pid}/fd`
    for (const name of procNames(folder)) {
      if (!procLink(`${folder}/${name}`).includes('stillhere-memory')) continue
      const path = `${folder}/${name}`
      return new OwnAccount(path, accountAt(path)?.runtime)
    }
    return undefined
  }

  /** The numbers last written; empty in the moment in which they are rewritten, and when they are older than `freshMs`. */
  read({ nowMs = Date.now(), freshMs = 30_000 }: { nowMs?: number; freshMs?: number } = {}): Sample {
    const account = accountAt(this.#path)
    return account === undefined || nowMs - account.at > freshMs ? {} : account.sample
  }
}

function accountAt(path: string): { at: number; runtime: string | undefined; sample: Sample } | undefined {
  const bytes = foreignFile(path, MOST_BYTES)
  if (bytes === undefined) return undefined
  try {
    const { at, runtime, metrics } = JSON.parse(new TextDecoder().decode(bytes)) as { at?: unknown; runtime?: unknown; metrics?: Record<string, unknown> }
    if (typeof at !== 'number' || typeof metrics !== 'object' || metrics === null) return undefined
    const sample: Sample = {}
    for (const metric of METRICS) {
      const value = metrics[metric]
      if (typeof value === 'number') sample[metric satisfies Metric] = value
    }
    return { at, runtime: typeof runtime === 'string' ? runtime : undefined, sample }
  } catch {
    return undefined // being rewritten, or not ours after all
  }
}
