import { expect, test } from 'vitest'
import { startRun } from '../base/run.ts'
import { prometheusText } from './prometheus-text.ts'

test('pages written one after the other without times are samples, not a sum', async () => {
  const page = (rss: number): string => `# TYPE process_resident_memory_bytes gauge\nprocess_resident_memory_bytes ${rss}\n`
  const bytes = new TextEncoder().encode(page(5) + page(7))
  const series = await prometheusText.read({ name: 'metrics', async *chunks() { yield bytes } }, startRun())
  expect(series.metrics.get('rss')).toEqual(Float64Array.of(5, 7))
  expect(series.source.notices.map(({ code }) => code)).toEqual(['no-clock'])
})
