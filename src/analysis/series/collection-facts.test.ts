import { describe, expect, test } from 'vitest'
import { MemorySeriesBuilder, type Sample } from '../../model/memory-series-builder.ts'
import { collectionFacts } from './collection-facts.ts'
import { CASE_NUMBERS } from './features.ts'
import { drawSignals } from './signals.ts'

function factsOf(sample: (i: number) => Sample): Record<string, number> {
  const builder = new MemorySeriesBuilder({ name: 'drawn', format: 'test', idsAreStable: false, notices: [], runtime: 'java' })
  for (let i = 0; i < 100; i++) builder.add(i * 1000, sample(i))
  const facts = collectionFacts(drawSignals(builder.finish()))
  return Object.fromEntries(CASE_NUMBERS.slice(-facts.length).map((name, i) => [name, facts[i]!]))
}

describe('what collections say', () => {
  test('use that rose after the last of them was never put to the test', () => {
    const facts = factsOf((i) => ({ 'rss-anon': 50e6 + i * 1e5, 'heap-used': i < 10 ? 20e6 : 10e6 + (i - 10) * 1e6, 'heap-live': i < 10 ? 9e6 : 10e6, 'gc-count': i < 10 ? 1 : 2 }))
    expect(facts['last-collection-at']).toBeCloseTo(0.1)
    expect(facts['uncollected']).toBeGreaterThan(0.9)
    expect(facts['uncollected-process']).toBeCloseTo(0.9, 1)
  })

  test('what the last one left is known, and how it compares to the first', () => {
    const facts = factsOf((i) => ({ 'rss-anon': 50e6, 'heap-used': 30e6 + (i % 20) * 1e6, 'heap-live': 10e6 + Math.floor(i / 20) * 2e6, 'gc-count': Math.floor(i / 20) }))
    expect(facts['uncollected']).toBeCloseTo(1)
    expect(facts['few-rise']).toBeCloseTo(8 / 14)
    expect(facts['few-trend']).toBeGreaterThan(1.5)
  })

  test('without a collector there is nothing to say', () => {
    const facts = factsOf((i) => ({ 'rss-anon': 50e6 + i * 1e5 }))
    expect([facts['collections'], facts['uncollected'], facts['few-rise']]).toEqual([Number.NaN, Number.NaN, Number.NaN])
    expect(facts['runtime']).toBe(4)
  })
})
