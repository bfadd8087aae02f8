import { expect, test } from 'vitest'
import { chain, snapshotText } from '../../../test/support/snapshot-text.ts'
import { forecastMemory } from './forecast.ts'
import { HEADER_END, headerIn } from './snapshot-head.ts'

const headerOf = (text: string): NonNullable<ReturnType<typeof headerIn>> => headerIn(new TextEncoder().encode(text.slice(0, HEADER_END)))!

test('the forecast grows with what the header counts, and two threads take more than one', () => {
  const small = forecastMemory(headerOf(snapshotText(chain(1000))), 60_000)
  const big = forecastMemory(headerOf(snapshotText({ ...chain(10), nodeCount: 10_000_000, edgeCount: 40_000_000 })), 1_000_000_000)
  expect(small.peakBytes).toBeLessThan(70_000_000)
  expect(big.oneThreadBytes).toBeGreaterThan(1_000_000_000)
  expect(big.peakBytes).toBeGreaterThan(big.oneThreadBytes)
})

test('a header that lies is bounded by the size of the file', () => {
  const header = headerOf(snapshotText({ ...chain(10), nodeCount: 4_000_000_000, edgeCount: 4_000_000_000 }))
  expect(forecastMemory(header, 1000).peakBytes).toBeLessThan(70_000_000)
})
