import { describe, expect, test } from 'vitest'
import { judgeSeries } from '../../src/analysis/series/judge-series.ts'
import { MemorySeriesBuilder } from '../../src/model/memory-series-builder.ts'
import { generateSeries } from '../support/generated-series.ts'

// Seeds the fit never saw: scripts/fit-verdict.ts counts up from 1.
const UNSEEN = 5_000_001

describe('on generated series the fit never saw', () => {
  const judged = Array.from({ length: 300 }, (_, i) => {
    const made = generateSeries(UNSEEN + i)
    return { made, verdict: judgeSeries(made.series) }
  })
  const leaks = judged.filter(({ made }) => made.label === 'leak')
  const others = judged.filter(({ made }) => made.label !== 'leak')
  const accused = judged.filter(({ verdict }) => verdict.verdict === 'leak')

  test('who is called a leak is one, with few exceptions', () => {
    expect(accused.filter(({ made }) => made.label === 'leak').length / accused.length).toBeGreaterThan(0.9)
  })

  test('most leaks are found', () => {
    expect(leaks.filter(({ verdict }) => verdict.verdict === 'leak').length / leaks.length).toBeGreaterThan(0.8)
  })

  test('the confidence is a probability that can be relied on', () => {
    const brier = judged.reduce((sum, { made, verdict }) => sum + (verdict.confidence - Number(made.label === 'leak')) ** 2, 0) / judged.length
    expect(brier).toBeLessThan(0.09)
  })

  test('most healthy ones get a fair name', () => {
    const fair = others.filter(({ made, verdict }) => [made.label, ...made.accept].includes(verdict.verdict as never)).length
    expect(fair / others.length).toBeGreaterThan(0.75)
  })

  test('rates are of the right size', () => {
    const errors = leaks.flatMap(({ made, verdict }) => (verdict.verdict === 'leak' && verdict.rate !== undefined ? [Math.abs(verdict.rate.value / made.leakBytesPerHour - 1)] : []))
    expect(errors.toSorted((a, b) => a - b)[Math.floor(errors.length / 2)]).toBeLessThan(0.1)
  })
})

describe('the verdict', () => {
  const series = (count: number, course: (i: number) => number, metric: 'rss-anon' | 'fd-count' = 'rss-anon') => {
    const builder = new MemorySeriesBuilder({ name: 'drawn', format: 'test', idsAreStable: false, notices: [] })
    for (let i = 0; i < count; i++) builder.add(i * 5000, { 'rss-anon': metric === 'rss-anon' ? course(i) : 60e6 + 40e3 * Math.sin(i), ...(metric === 'rss-anon' ? {} : { [metric]: course(i) }) })
    builder.limit(200e6)
    return builder.finish()
  }

  test('of a handful of samples is undecided, and says what would decide', () => {
    const verdict = judgeSeries(series(10, (i) => 1e6 * i))
    expect([verdict.verdict, verdict.wouldDecide]).toEqual(['undecided', 'watch longer: at least 24 samples, better 200'])
  })

  test('of a series without memory is undecided', () => {
    const builder = new MemorySeriesBuilder({ name: 'drawn', format: 'test', idsAreStable: false, notices: [] })
    for (let i = 0; i < 100; i++) builder.add(i * 1000, { 'request-total': i })
    expect(judgeSeries(builder.finish()).verdict).toBe('undecided')
  })

  test('of descriptors that only rise is a leak of descriptors, with their rate', () => {
    const verdict = judgeSeries(series(300, (i) => 20 + i, 'fd-count'))
    expect([verdict.verdict, verdict.kind]).toEqual(['leak', 'fds'])
    expect(verdict.countPerHour).toBeCloseTo(720, -1)
  })

  test('of a steady leak has the time left until the limit', () => {
    const verdict = judgeSeries(series(400, (i) => 100e6 + 60e3 * i + 200e3 * Math.sin(i * 1.7)))
    expect(verdict.verdict).toBe('leak')
    expect(verdict.rate!.value).toBeCloseTo(60e3 * 720, -6)
    // 200 MB minus the 124 MB reached, at 43.2 MB an hour.
    expect(verdict.hoursLeft!.value).toBeCloseTo((200e6 - 123.94e6) / 43.2e6, 1)
    expect(verdict.severity).toBe('critical')
  })

  test('of a few samples that rise straight and fast is a leak, though only RSS was seen', () => {
    const builder = new MemorySeriesBuilder({ name: 'drawn', format: 'test', idsAreStable: false, notices: [] })
    // Two and three MB in turn, four times a second, until it stops at the very end.
    for (let i = 0; i < 40; i++) builder.add(i * 258, { rss: 1.8e6 + 2.6e6 * Math.min(i, 36) + (i % 2) * 0.5e6 })
    const { verdict, rate } = judgeSeries(builder.finish())
    expect(verdict).toBe('leak')
    expect(rate!.value / ((2.6e6 / 0.258) * 3600)).toBeCloseTo(1, 1)
  })

  test('does not change when the clock counts from another day', () => {
    const { series: made } = generateSeries(UNSEEN + 9)
    const later = { ...made, timeMs: made.timeMs.map((time) => time + 1.7e12) }
    const { confidence } = judgeSeries(later)
    expect(confidence).toBeCloseTo(judgeSeries(made).confidence, 3)
  })
})
