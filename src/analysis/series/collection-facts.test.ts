import { describe, expect, test } from 'vitest'
import { MemorySeriesBuilder, type Sample } from '../../model/memory-series-builder.ts'
import { collectionFacts, isRefuted } from './collection-facts.ts'
import { CASE_NUMBERS } from './features.ts'
import { findFloor } from './floor.ts'
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

describe('growth of use is refuted', () => {
  /** Use that rises by 20 MB between full collections at 5, 35, 60 and 90 % of the time, which leave so much. */
  const refutedBy = (left: readonly number[]): boolean => {
    const builder = new MemorySeriesBuilder({ name: 'drawn', format: 'test', idsAreStable: false, notices: [], runtime: 'node' })
    const passed = (i: number): number => [5, 35, 60, 90].filter((at) => i >= at).length
    for (let i = 0; i < 100; i++) builder.add(i * 1000, { 'heap-used': 20e6 + i * 2e5, 'rss-anon': 60e6, ...(passed(i) > 0 ? { 'heap-floor': left[passed(i) - 1] } : {}), 'gc-full-count': passed(i) })
    const signals = drawSignals(builder.finish())
    return isRefuted(signals, findFloor(signals.heapUsed!))
  }

  test('by full collections that leave hardly more each time', () => expect(refutedBy([12e6, 16.3e6, 16.4e6, 16.8e6])).toBe(true))
  test('not by full collections that leave as much more', () => expect(refutedBy([12e6, 18e6, 23e6, 29e6])).toBe(false))
  test('not by two of them', () => expect(refutedBy([12e6, 16e6, 16e6, 16e6])).toBe(false))
})
