import { METRICS, type MemorySeries } from './memory-series.ts'

/**
 * Throws when a series breaks a promise of its type: equal lengths, ascending times within an epoch, known metrics.
 * @throws Error, since only a bug of ours can be the reason
 */
export function checkMemorySeries(series: MemorySeries): void {
  const { sampleCount, timeMs, epoch, metrics } = series
  const demand = (holds: boolean, what: string): void => {
    if (!holds) throw new Error(`memory series ${series.source.name}: ${what}`)
  }
  demand(timeMs.length === sampleCount, 'timeMs has another length than sampleCount')
  demand(epoch === undefined || epoch.length === sampleCount, 'epoch has another length than sampleCount')
  for (let sample = 1; sample < sampleCount; sample++) {
    const sameEpoch = epoch === undefined || epoch[sample] === epoch[sample - 1]
    demand(!sameEpoch || timeMs[sample] > timeMs[sample - 1], `time does not rise at sample ${sample}`)
  }
  for (const [metric, column] of metrics) {
    demand(METRICS.includes(metric), `unknown metric ${metric}`)
    demand(column.length === sampleCount, `${metric} has another length than sampleCount`)
    demand(!column.some((value) => value < 0 || value === Infinity), `${metric} holds a negative or infinite value`)
  }
}
