import { expect, test } from 'vitest'
import type { MemorySeries } from '../../model/memory-series.ts'
import { MemorySeriesBuilder } from '../../model/memory-series-builder.ts'
import { drawSignals } from './signals.ts'

/** A heap of 20 MB with 40 kB of garbage a second, collected every `every` seconds. */
function heap(runtime: string | undefined, every: number): MemorySeries {
  const builder = new MemorySeriesBuilder({ name: 'drawn', format: 'test', idsAreStable: false, notices: [], runtime })
  for (let i = 0; i < 300; i++) builder.add(i * 1000, { 'rss-anon': 60e6, 'heap-used': 20e6 + 40e3 * (i % every), 'gc-count': Math.floor(i / every) })
  return builder.finish()
}

test('live memory of a runtime without generations is the foot of each tooth', () => {
  const { live, isPointwise, exactness } = drawSignals(heap('go', 20))
  expect(isPointwise).toBe(true)
  expect(exactness).toBeGreaterThan(0.5)
  for (const level of live!.values) expect(Math.abs(level / 20e6 - 1)).toBeLessThan(0.002)
})

test('a heap that was never collected is hardly believed, if its runtime collects', () => {
  expect(drawSignals(heap('java', 1000)).exactness).toBeLessThan(0.2)
  expect(drawSignals(heap('c', 1000)).exactness).toBe(1)
})

test('from outside nothing of the runtime is seen', () => {
  const { live, heapUsed, process } = drawSignals(heap('go', 20), { evidence: 'process' })
  expect([live, heapUsed]).toEqual([undefined, undefined])
  expect(process!.values).toHaveLength(300)
})
