import { describe, expect, test } from 'vitest'
import { MemorySeriesBuilder } from '../../model/memory-series-builder.ts'
import type { MemorySeries } from '../../model/memory-series.ts'
import { judgeSeries } from '../series/judge-series.ts'
import { compareRecordings, judgeBeside } from './compare-recordings.ts'

/** One sample a second; `startedAtMs` as long before the first sample as `ageSeconds`. */
function recording(level: (second: number) => number, { seconds = 1200, ageSeconds = undefined as number | undefined, jitter = 0 } = {}): MemorySeries {
  const startMs = 1_700_000_000_000
  const builder = new MemorySeriesBuilder({ name: 'drawn', format: 'test', idsAreStable: false, notices: [] }, ageSeconds === undefined ? {} : { startedAtMs: startMs - ageSeconds * 1000 })
  for (let i = 0; i < seconds; i++) builder.add(startMs + i * 1000, { 'rss-anon': level(i) + jitter * (((i * 7919) % 101) / 101) })
  return builder.finish()
}
const filling = (second: number): number => 50e6 + 60e6 * (1 - Math.exp(-second / 500))

describe('beside a healthy recording', () => {
  test('a program that does the same is as before', () => {
    expect(compareRecordings(recording(filling, { jitter: 2e5 }), recording(filling, { jitter: 3e5 }))).toMatchObject({ answer: 'as-before', of: 'process memory' })
  })

  test('one that goes on where the healthy one stopped rises faster, and the sentence says by how much', () => {
    const compared = compareRecordings(recording((s) => filling(s) + s * 20e3, { jitter: 2e5 }), recording(filling, { jitter: 2e5 }))
    expect(compared.answer).toBe('rises-faster')
    expect(compared.nowBytesPerHour! - compared.thenBytesPerHour!).toBeGreaterThan(60e6)
    expect(compared.text).toMatch(/rises faster than in the healthy recording: .*\/h, then .*\/h/)
  })

  test('one at a higher level that rises no faster is higher, no more', () => {
    expect(compareRecordings(recording(() => 120e6, { jitter: 2e5 }), recording(() => 80e6, { jitter: 2e5 })).answer).toBe('higher')
  })

  test('ages are put side by side, not the beginnings of recordings', () => {
    const old = recording((s) => filling(s + 600), { seconds: 600, ageSeconds: 600, jitter: 1e5 })
    const young = recording(filling, { ageSeconds: 0, jitter: 1e5 })
    expect(compareRecordings(old, young)).toMatchObject({ answer: 'as-before', overlapSeconds: 599 })
  })

  test('ages that never meet are not compared', () => {
    expect(compareRecordings(recording(filling, { ageSeconds: 90_000 }), recording(filling, { ageSeconds: 0 })).answer).toBe('not-comparable')
  })

  test('a leak that the healthy run showed at the same age is only growing, one beyond it stays a leak', () => {
    const rising = recording((s) => 50e6 + s * 50e3, { jitter: 1e5 })
    const verdict = judgeSeries(rising)
    expect(verdict.verdict).toBe('leak')
    expect(judgeBeside(verdict, compareRecordings(rising, rising))).toMatchObject({ verdict: 'growing', wouldDecide: expect.stringMatching(/beyond the end/) as string })
    expect(judgeBeside(verdict, compareRecordings(rising, recording(() => 50e6, { jitter: 1e5 }))).verdict).toBe('leak')
  })
})
