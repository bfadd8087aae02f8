/**
 * Answers of the Prometheus HTTP API (also VictoriaMetrics, Thanos, Mimir): `query_range`, and `query` with a range
 * selector, which keeps the true times of scrapes. Several answers may stand in one file, one a line. Values are text
 * ("NaN", "+Inf" occur). An answer with status error ends in its own words.
 */
import { ReadError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import type { MemorySeries } from '../model/memory-series.ts'
import { asList, asNumber, asObject, asText, type Json, jsonInput, type JsonObject } from './json-input.ts'
import { MetricSamples } from './metric-names.ts'
import type { ByteSource, Reader } from './reader.ts'
import { SampleTable } from './sample-table.ts'
import { headText } from './text-lines.ts'

const FORMAT = 'prometheus-api'

export const prometheusApi: Reader<'memory-series'> = {
  format: FORMAT,
  title: 'Prometheus HTTP API answer (matrix, vector)',
  makes: 'memory-series',
  recognize: (head) => (/^\s*\{\s*"status"\s*:\s*"(?:success|error)"/.test(headText(head)) ? 'certain' : 'no'),
  read: readAnswer,
}

async function readAnswer(input: ByteSource, run: Run): Promise<MemorySeries> {
  const root = asObject(await jsonInput(input, FORMAT, run))
  const refuse = (expected: string, found: string): ReadError => new ReadError({ file: input.name, format: FORMAT, position: { kind: 'whole' }, expected, found })
  if (root?.['status'] === 'error') throw refuse('an answer', `the error "${asText(root['error']) ?? ''}"`)
  const data = asObject(root?.['data'])
  const kind = asText(data?.['resultType'])
  if (kind === 'scalar' || kind === 'string') {
    throw refuse('a matrix or vector of a memory metric', `a ${kind}: one value without a metric name`)
  }
  const table = new SampleTable(input.name, FORMAT, input.sizeBytes)
  const collected = new MetricSamples()
  for (const entry of asList(data?.['result']) ?? []) collect(entry, collected)
  collected.addTo(table)
  if (table.isEmpty) throw refuse('a matrix or vector of a memory metric', 'none: an empty result, or metrics that are not memory')
  return table.finish('samples')
}

function collect(entry: Json, collected: MetricSamples): void {
  const series = asObject(entry)
  if (series === undefined) return
  const labels = labelsOf(asObject(series['metric']))
  for (const pair of asList(series['values']) ?? [series['value'] ?? null]) {
    const [seconds, text] = asList(pair) ?? []
    const at = asNumber(seconds)
    const value = asText(text)
    if (at !== undefined && value !== undefined) collected.add({ name: labels['__name__'] ?? '', labels, timeMs: Math.round(at * 1000), value: Number(value) })
  }
}

function labelsOf(metric: JsonObject | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(metric ?? {}).map(([name, value]) => [name, asText(value) ?? '']))
}
