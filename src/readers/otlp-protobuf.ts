import { ReadError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import type { MemorySeries } from '../model/memory-series.ts'
import { addNotice } from '../model/source.ts'
import type { Labels } from './metric-names.ts'
import { OtlpPoints } from './otlp-points.ts'
import { ProtobufCursor, ProtobufDamage, WIRE } from './protobuf-cursor.ts'
import type { ByteSource, Reader, Recognition } from './reader.ts'
import { SampleTable } from './sample-table.ts'
import { wholeInput } from './whole-input.ts'

const FORMAT = 'otlp-protobuf'

/**
 * OpenTelemetry metrics, OTLP as protobuf (opentelemetry-proto, metrics/v1): one ExportMetricsServiceRequest, or several
 * one behind the other, bare or each with its length in four bytes before it, as the collector's file exporter writes them.
 * The same is taken from them as from the JSON (`otlp-json`).
 */
export const otlpProtobuf: Reader<'memory-series'> = {
  format: FORMAT,
  title: 'OpenTelemetry metrics, OTLP protobuf',
  makes: 'memory-series',
  recognize,
  async read(input, run) {
    try {
      return await readOtlp(input, run)
    } catch (error) {
      if (!(error instanceof ProtobufDamage)) throw error
      throw new ReadError({ file: input.name, format: FORMAT, position: { kind: 'byte', byte: error.byte }, expected: error.expected, found: error.found, cause: error })
    }
  },
}

/** No magic number: field 1, in it field 1 (the resource), in it an attribute with a dotted name. Traces and logs begin alike. */
function recognize(head: Uint8Array): Recognition {
  let at = isFramed(head) ? 4 : 0
  for (let level = 0; level < 4; level++) {
    if (head[at++] !== 0x0a) return 'no'
    if (level < 3) while (at < head.length && head[at] >= 0x80) at++
    if (level < 3) at++
  }
  const key = new TextDecoder().decode(head.subarray(at + 1, at + 1 + Math.min(head[at] ?? 0, 80)))
  return /^[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+$/.test(key) ? 'likely' : 'no'
}

function isFramed(bytes: Uint8Array): boolean {
  return bytes[0] === 0 && bytes[4] === 0x0a
}

async function readOtlp(input: ByteSource, run: Run): Promise<MemorySeries> {
  const bytes = await wholeInput(input, FORMAT, run)
  const table = new SampleTable(input.name, FORMAT, input.sizeBytes)
  const points = new OtlpPoints(run)
  if (!isFramed(bytes)) addRequest(new ProtobufCursor(bytes), points)
  else {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    for (let at = 0; at < bytes.length; ) {
      const end = at + 4 <= bytes.length ? at + 4 + view.getUint32(at) : Infinity
      if (end > bytes.length) {
        addNotice(table.source, { code: 'cut', message: 'the last request is cut', firstAt: `byte ${at}` })
        break
      }
      addRequest(new ProtobufCursor(bytes, at + 4, end), points)
      at = end
    }
  }
  points.addTo(table)
  return table.finish('a metric of memory, such as process.memory.usage or v8js.memory.heap.used')
}

/** The length-delimited fields of this number inside `message`, each as a cursor. */
function* inner(message: ProtobufCursor, field: number): Generator<ProtobufCursor> {
  while (message.next()) if (message.field === field && message.wire === WIRE.bytes) yield new ProtobufCursor(message.bytes, message.start, message.end)
}

function addRequest(request: ProtobufCursor, points: OtlpPoints): void {
  for (const resourceMetrics of inner(request, 1)) {
    const resource = new Map<string, string>()
    const scopes: ProtobufCursor[] = []
    while (resourceMetrics.next()) {
      const { field, wire, bytes, start, end } = resourceMetrics
      if (wire !== WIRE.bytes) continue
      if (field === 1) for (const attribute of inner(new ProtobufCursor(bytes, start, end), 1)) addAttribute(attribute, resource)
      else if (field === 2 || field === 1000) scopes.push(new ProtobufCursor(bytes, start, end)) // 1000: before 2022
    }
    const labels = Object.fromEntries(resource)
    for (const scope of scopes) for (const metric of inner(scope, 2)) addMetric(metric, labels, points)
  }
}

/** Fields of a Metric that hold data points, and where these keep attributes and count. */
const SHAPES: Readonly<Record<number, { kind: 'number' | 'count'; attributes: number }>> = {
  5: { kind: 'number', attributes: 7 }, // gauge
  7: { kind: 'number', attributes: 7 }, // sum
  9: { kind: 'count', attributes: 9 }, // histogram
  10: { kind: 'count', attributes: 1 }, // exponential histogram
  11: { kind: 'count', attributes: 7 }, // summary
}

function addMetric(metric: ProtobufCursor, resource: Labels, points: OtlpPoints): void {
  let name = ''
  while (metric.next()) {
    const { field, wire, bytes, start, end } = metric
    if (wire !== WIRE.bytes) continue
    const shape = SHAPES[field]
    if (field === 1) name = text(metric)
    else if (shape !== undefined) {
      const data = new ProtobufCursor(bytes, start, end)
      const found: ProtobufCursor[] = []
      let isDelta = false
      while (data.next()) {
        if (data.field === 1 && data.wire === WIRE.bytes) found.push(new ProtobufCursor(bytes, data.start, data.end))
        else if (data.field === 2 && data.wire === WIRE.varint && shape !== SHAPES[11]) isDelta = data.unsigned() === 1
      }
      for (const point of found) addPoint(point, { name, isDelta, ...shape, resource, points })
    }
  }
}

function addPoint(
  point: ProtobufCursor,
  { name, isDelta, kind, attributes, resource, points }: { name: string; isDelta: boolean; kind: 'number' | 'count'; attributes: number; resource: Labels; points: OtlpPoints },
): void {
  const view = new DataView(point.bytes.buffer, point.bytes.byteOffset, point.bytes.byteLength)
  const labels = new Map<string, string>()
  let timeMs = Number.NaN
  let value = Number.NaN
  let isMissing = false
  while (point.next()) {
    const { field, wire, bytes, start, end } = point
    if (wire === WIRE.bytes && field === attributes) addAttribute(new ProtobufCursor(bytes, start, end), labels)
    else if (wire === WIRE.fixed64 && field === 3) timeMs = Number(view.getBigUint64(start, true)) / 1e6
    else if (wire === WIRE.fixed64 && field === 4) value = kind === 'number' ? view.getFloat64(start, true) : Number(view.getBigUint64(start, true))
    else if (wire === WIRE.fixed64 && field === 6 && kind === 'number') value = Number(view.getBigInt64(start, true))
    else if (wire === WIRE.varint && field === 8 && kind === 'number') isMissing = (point.unsigned() & 1) === 1
  }
  if (!isMissing) points.add(resource, { name, kind, isDelta, attributes: Object.fromEntries(labels), timeMs, value })
}

/** A KeyValue whose value is text, a truth value or a whole number; others are left out. */
function addAttribute(attribute: ProtobufCursor, into: Map<string, string>): void {
  let key = ''
  let found: string | undefined
  while (attribute.next()) {
    if (attribute.wire !== WIRE.bytes) continue
    if (attribute.field === 1) key = text(attribute)
    else if (attribute.field === 2) {
      const value = new ProtobufCursor(attribute.bytes, attribute.start, attribute.end)
      while (value.next()) {
        if (value.field === 1 && value.wire === WIRE.bytes) found = text(value)
        else if ((value.field === 2 || value.field === 3) && value.wire === WIRE.varint) found = String(value.signed())
      }
    }
  }
  if (found !== undefined) into.set(key, found)
}

function text({ bytes, start, end }: ProtobufCursor): string {
  return new TextDecoder().decode(bytes.subarray(start, end))
}
