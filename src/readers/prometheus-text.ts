/**
 * The text a `/metrics` page gives: Prometheus exposition 0.0.4 and OpenMetrics 1.0. One page is one moment, so one page
 * makes a series of one sample; pages written one after the other make one sample each: a value that comes again without a
 * timestamp begins the next page, taken as a second later, which a notice says.
 * Timestamps are ms in the older format and seconds in OpenMetrics (which ends with `# EOF`).
 */
import type { Run } from '../base/run.ts'
import type { MemorySeries } from '../model/memory-series.ts'
import { addNotice } from '../model/source.ts'
import { metricOf, MetricSamples } from './metric-names.ts'
import type { ByteSource, Reader } from './reader.ts'
import { SampleTable } from './sample-table.ts'
import { headText, lineBatches } from './text-lines.ts'

export const prometheusText: Reader<'memory-series'> = {
  format: 'prometheus-text',
  title: 'Prometheus or OpenMetrics text (/metrics)',
  makes: 'memory-series',
  recognize: (head) => (/^# (?:HELP|TYPE|UNIT) [a-zA-Z_:][\w:]* /m.test(headText(head)) ? 'certain' : 'no'),
  read: readMetricsText,
}

async function readMetricsText(input: ByteSource, run: Run): Promise<MemorySeries> {
  const table = new SampleTable(input.name, 'prometheus-text', input.sizeBytes)
  const collected = new MetricSamples()
  // OpenMetrics says so only at its end, so times are taken as they are until then.
  const lines: NonNullable<ReturnType<typeof parseLine>>[] = []
  let openMetrics = false
  for await (const batch of lineBatches(input, 'prometheus-text', run)) {
    for (const line of batch.lines) {
      if (line.startsWith('# EOF')) openMetrics = true
      const read = parseLine(line)
      if (read !== undefined && metricOf(read.name, read.labels) !== undefined) lines.push(read)
    }
  }
  let page = 0
  let seen = new Set<string>()
  for (const { time, ...line } of lines) {
    if (time === undefined) {
      const key = JSON.stringify([line.name, line.labels])
      if (seen.has(key)) {
        page++
        seen = new Set()
        addNotice(table.source, { code: 'no-clock', message: 'the pages carry no time: one second between them is assumed' })
      }
      seen.add(key)
    }
    collected.add({ ...line, timeMs: time === undefined ? page * 1000 : time * (openMetrics ? 1000 : 1) })
  }
  collected.addTo(table)
  return table.finish('a metric of memory, such as process_resident_memory_bytes')
}

/** One line: `name{label="value"} 12 1395066363000`. Undefined for comments and what is no sample. */
export function parseLine(line: string): { name: string; labels: Record<string, string>; value: number; time?: number | undefined } | undefined {
  const head = /^([a-zA-Z_:][\w:]*)(\{)?/.exec(line)
  if (head === null) return undefined
  let at = head[0].length
  const labels: Record<string, string> = {}
  if (head[2] !== undefined) {
    const label = /\s*([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"\s*,?/y
    for (;;) {
      label.lastIndex = at
      const match = label.exec(line)
      if (match === null) break
      labels[match[1]] = match[2].replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped))
      at = label.lastIndex
    }
    if (line[at] !== '}') return undefined
    at++
  }
  // An exemplar follows ` # `; it is not this metric's value.
  const [value, time] = line.slice(at).split(' # ')[0].trim().split(/\s+/)
  if (value === undefined || value === '') return undefined
  const number = value === '+Inf' ? Infinity : value === '-Inf' ? -Infinity : Number(value)
  return { name: head[1], labels, value: number, time: time === undefined ? undefined : Number(time) }
}
