import { expect, test } from 'vitest'
import { metricOf, MetricSamples } from './metric-names.ts'
import { SampleTable } from './sample-table.ts'

function seriesOf(values: readonly [name: string, labels: Record<string, string>, value: number][]): Record<string, number[]> {
  const samples = new MetricSamples()
  for (const [name, labels, value] of values) samples.add({ name, labels, timeMs: 1000, value })
  const table = new SampleTable('metrics', 'test')
  samples.addTo(table)
  return Object.fromEntries([...table.finish('samples').metrics].map(([metric, column]) => [metric, [...column]]))
}

test('two names of one thing are not added up', () => {
  expect(seriesOf([['go_memstats_alloc_bytes', {}, 7], ['go_memstats_heap_alloc_bytes', {}, 7]])).toEqual({ 'heap-used': [7] })
  expect(seriesOf([['nodejs_heap_space_size_used_bytes', { space: 'new' }, 3], ['nodejs_heap_size_used_bytes', {}, 9]])).toEqual({ 'heap-used': [9] })
})

test('the pools of a JVM heap are added up, and nothing beside the heap', () => {
  const pool = (id: string, area: string, value: number): [string, Record<string, string>, number] => ['jvm_memory_used_bytes', { area, id }, value]
  expect(seriesOf([pool('G1 Eden Space', 'heap', 5), pool('G1 Old Gen', 'heap', 6), pool('Metaspace', 'nonheap', 90)])).toEqual({ 'heap-used': [11] })
  expect(metricOf('jvm_memory_used_bytes', { jvm_memory_type: 'non_heap' })).toBeUndefined()
})

test('a metric called after a property of every object is none of ours', () => {
  expect(metricOf('constructor', {})).toBeUndefined()
})
