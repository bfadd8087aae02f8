import type { MemorySeries, Metric } from '../model/memory-series.ts'

/** A series in the words of other tools. All of them hold the numbers as they were taken, nothing averaged. */

/** CSV that `stillhere verdict` and any spreadsheet read again: times in ms, memory in bytes. */
export function seriesToCsv(series: MemorySeries): string {
  const { process, metrics } = series
  const settings = [
    process.runtime === undefined ? '' : `runtime=${process.runtime.replaceAll(/\s/g, '_')}`,
    process.pid === undefined ? '' : `pid=${process.pid}`,
    process.startedAtMs === undefined ? '' : `started_ms=${Math.round(process.startedAtMs)}`,
    process.command === undefined ? '' : `command=${encodeURIComponent(process.command)}`,
    series.limitBytes === undefined ? '' : `limit_bytes=${series.limitBytes}`,
  ].filter((setting) => setting !== '')
  const names = [...metrics.keys()]
  const lines = [`# ${settings.join(' ')}`, ['time_ms', 'epoch', ...names].join(',')]
  for (let i = 0; i < series.sampleCount; i++) {
    lines.push([series.timeMs[i], series.epoch?.[i] ?? 0, ...names.map((name) => cell(metrics.get(name)?.[i]))].join(','))
  }
  return `${lines.join('\n')}\n`
}

function cell(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? '' : String(value)
}

/** One object: the process, and a column for each metric; null where it is missing. */
export function seriesToJson(series: MemorySeries): string {
  const columns = Object.fromEntries([...series.metrics].map(([name, column]) => [name, Array.from(column, (value) => (Number.isNaN(value) ? null : value))]))
  return `${JSON.stringify({ process: series.process, limitBytes: series.limitBytes, timeMs: Array.from(series.timeMs), epoch: series.epoch === undefined ? undefined : Array.from(series.epoch), metrics: columns })}\n`
}

/** OpenMetrics text 1.0 with timestamps in seconds, for `promtool tsdb create-blocks-from openmetrics`. */
export function seriesToOpenMetrics(series: MemorySeries): string {
  const lines: string[] = []
  const { pid, command } = series.process
  const labels = [pid === undefined ? '' : `pid="${pid}"`, command === undefined ? '' : `command="${command.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`].filter((label) => label !== '')
  const suffix = labels.length === 0 ? '' : `{${labels.join(',')}}`
  for (const [metric, column] of series.metrics) {
    const name = openMetricsName(metric)
    lines.push(`# TYPE ${name} gauge`)
    for (let i = 0; i < series.sampleCount; i++) {
      const value = column[i]
      if (value !== undefined && !Number.isNaN(value)) lines.push(`${name}${suffix} ${value} ${((series.timeMs[i] ?? 0) / 1000).toFixed(3)}`)
    }
  }
  return `${[...lines, '# EOF'].join('\n')}\n`
}

function openMetricsName(metric: Metric): string {
  const isCount = metric.endsWith('-count') || metric.endsWith('-total')
  return `stillhere_${metric.replaceAll('-', '_').replace(/_total$/, '')}${isCount ? '' : '_bytes'}`
}
