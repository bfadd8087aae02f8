import type { Run } from '../base/run.ts'
import type { MemorySeries } from '../model/memory-series.ts'
import { addNotice } from '../model/source.ts'
import { jsonDocuments } from './json-documents.ts'
import { asList, asObject, asText, type Json, type JsonObject } from './json-input.ts'
import type { Labels } from './metric-names.ts'
import { OtlpPoints } from './otlp-points.ts'
import type { ByteSource, Reader } from './reader.ts'
import { SampleTable } from './sample-table.ts'
import { headText } from './text-lines.ts'
import { wholeInput } from './whole-input.ts'

const FORMAT = 'otlp-json'
const SHAPES = [['gauge', 'number'], ['sum', 'number'], ['histogram', 'count'], ['exponentialHistogram', 'count'], ['summary', 'count']] as const

/**
 * OpenTelemetry metrics, OTLP as JSON (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding): an
 * ExportMetricsServiceRequest, or several one behind the other, as the collector's file exporter writes them, a line each.
 * 64-bit numbers may be text. Times are each point's own. Of histograms and summaries the counts are taken (collections,
 * requests); points marked as without a value, exemplars and buckets are passed over.
 */
export const otlpJson: Reader<'memory-series'> = {
  format: FORMAT,
  title: 'OpenTelemetry metrics, OTLP JSON (one request, or one a line)',
  makes: 'memory-series',
  recognize: (head) => (/^\s*\[?\s*\{\s*"resourceMetrics"\s*:\s*\[/.test(headText(head)) ? 'certain' : 'no'),
  read: readOtlpJson,
}

async function readOtlpJson(input: ByteSource, run: Run): Promise<MemorySeries> {
  const table = new SampleTable(input.name, FORMAT, input.sizeBytes)
  const points = new OtlpPoints(run)
  const text = new TextDecoder().decode(await wholeInput(input, FORMAT, run))
  for (const { start, end } of jsonDocuments(text)) {
    run.checkpoint()
    const request = parse(text.slice(start, end))
    if (request === undefined) addNotice(table.source, { code: 'unknown-document', message: 'a request is cut or is no JSON', firstAt: `character ${start}` })
    else addRequest(request, points)
  }
  points.addTo(table)
  return table.finish('a metric of memory, such as process.memory.usage or v8js.memory.heap.used')
}

function parse(text: string): JsonObject | undefined {
  try {
    return asObject(JSON.parse(text) as Json)
  } catch {
    return undefined // told as a notice by the caller
  }
}

function addRequest(request: JsonObject, points: OtlpPoints): void {
  for (const resourceMetrics of objects(request['resourceMetrics'])) {
    const resource = attributesOf(asObject(resourceMetrics['resource'])?.['attributes'])
    // Exporters of before 2022 say instrumentationLibraryMetrics.
    for (const scope of objects(resourceMetrics['scopeMetrics'] ?? resourceMetrics['instrumentationLibraryMetrics'])) {
      for (const metric of objects(scope['metrics'])) addMetric(metric, resource, points)
    }
  }
}

function addMetric(metric: JsonObject, resource: Labels, points: OtlpPoints): void {
  for (const [shape, kind] of SHAPES) {
    const data = asObject(metric[shape])
    const temporality = data?.['aggregationTemporality']
    for (const point of objects(data?.['dataPoints'])) {
      if ((numberOf(point['flags']) & 1) === 1) continue // no recorded value
      points.add(resource, {
        name: asText(metric['name']) ?? '',
        kind,
        isDelta: temporality === 1 || temporality === 'AGGREGATION_TEMPORALITY_DELTA',
        attributes: attributesOf(point['attributes']),
        timeMs: numberOf(point['timeUnixNano']) / 1e6,
        value: numberOf(kind === 'count' ? point['count'] : (point['asDouble'] ?? point['asInt'])),
      })
    }
  }
}

function* objects(list: Json | undefined): Generator<JsonObject> {
  for (const each of asList(list) ?? []) {
    const object = asObject(each)
    if (object !== undefined) yield object
  }
}

/** `[{ key, value: { stringValue } }]` as names and text; values that are lists or maps are left out. */
function attributesOf(list: Json | undefined): Labels {
  const labels = new Map<string, string>()
  for (const { key, value } of objects(list)) {
    const [plain] = Object.values(asObject(value) ?? {})
    if (typeof key === 'string' && (typeof plain === 'string' || typeof plain === 'number' || typeof plain === 'boolean')) labels.set(key, String(plain))
  }
  return Object.fromEntries(labels)
}

/** 64-bit numbers are text in this encoding, but not of every exporter. */
function numberOf(json: Json | undefined): number {
  return typeof json === 'number' ? json : typeof json === 'string' && json !== '' ? Number(json) : Number.NaN
}
