import { UsageError } from '../base/errors.ts'
import type { GcSummary } from '../analysis/gc/gc-summary.ts'
import { forecastGenerations } from '../analysis/gc/generational-replay.ts'
import { observedGoPercent } from '../analysis/gc/go-behavior.ts'
import { forecastGo, type GcForecast, type GoSettings } from '../analysis/gc/go-pacer.ts'
import type { GcLog } from '../model/gc-log.ts'
import type { GcSettings } from './gc-settings.ts'

/** Rows of a report, and what is to be said of them. */
export interface ForecastRows {
  rows: Record<string, unknown>[]
  notes: string[]
}

/** What other settings would have done to the run of a log. @throws UsageError for settings of another runtime than the log's */
export function forecastGc(log: GcLog, rows: Uint32Array, summary: GcSummary, wanted: GcSettings, observed: number | undefined): ForecastRows {
  const runtime = log.source.runtime
  if (wanted.runtime !== runtime) {
    throw new UsageError({ argument: '--what-if', given: `${wanted.text} for a log of ${runtime ?? log.collector}`, allowed: 'GOGC, GOMEMLIMIT for Go; -Xmx, -Xmn for the JVM; --max-semi-space-size, --max-old-space-size for Node' })
  }
  return wanted.runtime === 'go' ? goRows(log, rows, summary, wanted, observed) : generationRows(log, rows, summary, wanted)
}

function goRows(log: GcLog, collections: Uint32Array, summary: GcSummary, wanted: GoSettings & { text: string }, observed: number | undefined): ForecastRows {
  const seen = observed ?? observedGoPercent(log, collections)
  const percent = seen ?? 100
  const limited = wanted.limitBytes !== undefined
  const row = (of: string, each: GcForecast): Record<string, unknown> => ({
    of,
    collections: each.collections,
    from: each.range.collections === undefined ? undefined : Math.floor(each.range.collections.low),
    to: each.range.collections === undefined ? undefined : Math.ceil(each.range.collections.high),
    peakBytes: each.peakBytes,
    peakFromBytes: each.range.peakBytes.low,
    peakToBytes: each.range.peakBytes.high,
    cpuMs: each.cpuMs,
    cpuPercent: each.cpuShare === undefined ? undefined : Math.round(1000 * each.cpuShare) / 10,
    byLimit: limited ? each.byLimit : undefined,
  })
  const forecast = forecastGo(log, collections, percent, wanted)
  return {
    rows: [
      { of: 'the log itself', collections: summary.collections, peakBytes: summary.peakBytes, cpuMs: summary.cpuMs },
      row('replayed', forecastGo(log, collections, percent, { percent })),
      row('what if', forecast),
    ],
    notes: [
      ...(seen === undefined ? ['the log does not show its GOGC: 100 was assumed (--gogc tells it)'] : []),
      `what if: ${wanted.text}. Replayed: GOGC=${percent}, which shows how well the model repeats the log itself`,
      ...forecast.refused.map((reason) => `not forecast: ${reason}`),
      ...forecast.notes,
    ],
  }
}

/** Young collections and the peak, with their ranges; and for each of them that is missing, why. */
function generationRows(log: GcLog, rows: Uint32Array, summary: GcSummary, wanted: Exclude<GcSettings, { runtime: 'go' }>): ForecastRows {
  const { minors, peakBytes, fits, refused, notes } = forecastGenerations(log, rows, wanted)
  return {
    rows: [
      { of: 'the log itself', youngCollections: summary.minors, peakBytes: summary.peakBytes },
      {
        of: wanted.text,
        youngCollections: minors?.value,
        from: minors === undefined ? undefined : Math.floor(minors.low),
        to: minors === undefined ? undefined : Math.ceil(minors.high),
        peakBytes: peakBytes?.value,
        peakFromBytes: peakBytes?.low,
        peakToBytes: peakBytes?.high,
        fits: fits === undefined ? undefined : fits ? 'yes' : 'no: out of memory',
      },
    ],
    notes: [...refused.map((each) => `not forecast: ${each}`), ...notes, ...(minors === undefined ? [] : ['full collections are not forecast: when they come depends on what died meanwhile'])],
  }
}
