/**
 * Answers of the Prometheus HTTP API (also VictoriaMetrics, Thanos, Mimir): `query_range`, and `query` with a range
 * selector, which keeps the true times of scrapes. Several answers may stand in one file, one a line. Values are text
 * ("NaN", "+Inf" occur). An answer with status error ends in its own words.
 */
import { ReadError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import type { MemorySeries } from '../model/memory-series.ts'
import { asList, asNumber, asObject, asText, type Json, jsonInput, type JsonObject } from './json-input.ts'
import { countsAsMemory, METRIC_NAMES, processOfLabels } from './metric-names.ts'
import type { ByteSource, Reader } from './reader.ts'
import { SampleTable } from './sample-table.ts'
import { headText } from './text-lines.ts'
import type { Sample } from '../model/memory-series-builder.ts'

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
  const table = new SampleTable(input.name, FORMAT, input.sizeBytes)
  const moments = new Map<string, Map<number, Sample>>()
  for (const entry of asList(asObject(root?.['data'])?.['result']) ?? []) collect(entry, moments)
  for (const [process, samples] of moments) for (const [timeMs, sample] of samples) table.add(process, timeMs, sample, process)
  if (table.isEmpty) throw refuse('a matrix or vector of a memory metric', 'none: an empty result, or metrics that are not memory')
  return table.finish('samples')
}

function collect(entry: Json, moments: Map<string, Map<number, Sample>>): void {
  const series = asObject(entry)
  const labels = labelsOf(asObject(series?.['metric']))
  const metric = METRIC_NAMES[labels['__name__'] ?? '']
  if (series === undefined || metric === undefined || !countsAsMemory(labels)) return
  const process = processOfLabels(labels)
  const values = asList(series['values']) ?? [series['value'] ?? null]
  for (const pair of values) {
    const [seconds, text] = asList(pair) ?? []
    const at = asNumber(seconds)
    const value = Number(asText(text))
    if (at === undefined || !Number.isFinite(value)) continue
    let samples = moments.get(process)
    if (samples === undefined) moments.set(process, (samples = new Map()))
    const timeMs = Math.round(at * 1000)
    let sample = samples.get(timeMs)
    if (sample === undefined) samples.set(timeMs, (sample = {}))
    sample[metric] = (sample[metric] ?? 0) + value
  }
}

function labelsOf(metric: JsonObject | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(metric ?? {}).map(([name, value]) => [name, asText(value) ?? '']))
}
