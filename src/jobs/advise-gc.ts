import { adviseSettings, type Advice, type AdviceRequest } from '../analysis/gc/advise-settings.ts'
import { UsageError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import { readGcLog } from './read-gc-log.ts'

export type GcAdviceRequest = Omit<AdviceRequest, 'runtime' | 'summary'> & {
  runtime?: AdviceRequest['runtime'] | undefined
  /** A GC log of the program: what it keeps and how fast it allocates. */
  logs: readonly string[]
  version: string
}

const RUNTIME_OF_COLLECTOR: Record<string, AdviceRequest['runtime']> = { go: 'go', v8: 'node' }

/** Settings for a container of a size, from a log of the program where there is one. */
export async function adviseGc({ logs, version, runtime, ...request }: GcAdviceRequest, run: Run): Promise<Advice & { runtime: string }> {
  const answer = logs.length === 0 ? undefined : await readGcLog({ files: logs, version }, run)
  const seen = answer === undefined ? undefined : (RUNTIME_OF_COLLECTOR[answer.log.collector] ?? (answer.log.collector === 'cpython' ? undefined : 'jvm'))
  const chosen = runtime ?? seen
  if (chosen === undefined) {
    throw new UsageError({ argument: '--runtime', given: 'nothing', allowed: 'go, jvm or node, or a log that tells', hint: 'CPython has no heap limit to set; give the container room above its peak.' })
  }
  return { ...adviseSettings({ ...request, runtime: chosen, summary: answer?.summary }), runtime: chosen }
}

const UNITS: Record<string, number> = { '': 1, b: 1, k: 2 ** 10, ki: 2 ** 10, m: 2 ** 20, mi: 2 ** 20, g: 2 ** 30, gi: 2 ** 30 }

/** `512Mi`, `2GiB`, `1.5g`, or plain bytes. @throws UsageError */
export function parseSize(text: string, argument: string): number {
  const found = /^(\d+(?:\.\d+)?)\s*([KMG]i?)?B?$/i.exec(text.trim())
  const unit = UNITS[(found?.[2] ?? '').toLowerCase()]
  if (found === null || unit === undefined) throw new UsageError({ argument, given: `"${text}"`, allowed: 'a size such as 512Mi, 2GiB or 1.5g' })
  return Number(found[1]) * unit
}
