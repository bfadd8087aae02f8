import { expect, test } from 'vitest'
import { startRun } from '../base/run.ts'
import type { MemorySeries } from '../model/memory-series.ts'
import { otlpJson } from './otlp-json.ts'

const attributes = (values: Record<string, string>): object[] => Object.entries(values).map(([key, value]) => ({ key, value: { stringValue: value } }))
const point = (second: number, value: number, labels: Record<string, string> = {}): object => ({ timeUnixNano: `${second}000000000`, asInt: String(value), attributes: attributes(labels) })

function read(metrics: readonly object[], pid = '7'): Promise<MemorySeries> {
  const request = { resourceMetrics: [{ resource: { attributes: attributes({ 'service.name': 'shop', 'process.pid': pid }) }, scopeMetrics: [{ metrics }] }] }
  const bytes = new TextEncoder().encode(`${JSON.stringify(request, undefined, 2)}\n`)
  return otlpJson.read({ name: 'metrics', async *chunks() { yield bytes } }, startRun())
}

test('the pools of a JVM heap are added up, what lies beside the heap is not', async () => {
  const dataPoints = [point(5, 30, { 'jvm.memory.type': 'heap', 'jvm.memory.pool.name': 'Eden' }), point(5, 12, { 'jvm.memory.type': 'heap', 'jvm.memory.pool.name': 'Old' }), point(5, 99, { 'jvm.memory.type': 'non_heap' })]
  const series = await read([{ name: 'jvm.memory.used', unit: 'By', sum: { aggregationTemporality: 2, dataPoints } }])
  expect([...series.metrics]).toEqual([['heap-used', Float64Array.of(42)]])
  expect([...series.timeMs]).toEqual([5000])
})

test('differences of a delta histogram are added up to a count', async () => {
  const dataPoints = [1, 2, 3].map((second) => ({ timeUnixNano: `${second}000000000`, count: second }))
  const rss = { name: 'process.memory.usage', gauge: { dataPoints: [1, 2, 3].map((second) => point(second, 100)) } }
  const series = await read([rss, { name: 'jvm.gc.duration', unit: 's', histogram: { aggregationTemporality: 1, dataPoints } }])
  expect(series.metrics.get('gc-count')).toEqual(Float64Array.of(1, 3, 6))
})

test('a point marked as without a value is missing', async () => {
  const dataPoints = [point(1, 100), { ...point(2, 0), flags: 1 }]
  expect((await read([{ name: 'process.memory.usage', gauge: { dataPoints } }])).sampleCount).toBe(1)
})

test('a request without memory is refused by what was missed', async () => {
  await expect(read([{ name: 'cpu', gauge: { dataPoints: [point(1, 2)] } }])).rejects.toThrow('a metric of memory')
})
