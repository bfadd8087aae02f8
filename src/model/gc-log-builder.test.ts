import { expect, test } from 'vitest'
import { forecastGo } from '../analysis/gc/go-pacer.ts'
import { streamsOf, summarizeGc } from '../analysis/gc/gc-summary.ts'
import type { GcLog } from './gc-log.ts'
import { GcLogBuilder } from './gc-log-builder.ts'

const COLLECTIONS = 5000

/** A program of two processes: the first one's floor rises slowly, every seventh collection of it is a major one. */
function draw(limits: { mostRows?: number; openCollections?: number }): GcLog {
  const builder = new GcLogBuilder({ name: 'drawn', format: 'drawn', runtime: 'go', idsAreStable: false, notices: [] }, limits)
  for (let each = 0; each < COLLECTIONS; each++) {
    const isFirst = each % 5 !== 0
    const isMajor = each % 7 === 0
    const floor = (isFirst ? 20e6 + 2000 * each : 8e6) + (isMajor ? 0 : 3e6)
    const ordinal = builder.add({
      generation: isMajor ? 'major' : 'minor',
      stream: isFirst ? 'one' : 'two',
      cause: each % 50 === 0 ? 'forced' : 'goal reached',
      startMs: each * 10,
      usedBeforeBytes: floor + 20e6 + (each % 13) * 1e5,
      usedAfterBytes: floor,
      cpuMs: 2,
      processors: 4,
    })
    builder.change(ordinal, { pauseMs: 0.5 + (each % 11), committedAfterBytes: 64e6 })
  }
  return builder.build({ collector: 'go' })
}

const whole = draw({})
const shared = draw({ mostRows: 256, openCollections: 16 })
const summaries = (log: GcLog): ReturnType<typeof summarizeGc>[] => streamsOf(log).map((stream) => summarizeGc(log, stream))

test('a log of more collections than rows says so, and its rows stand for all of them', () => {
  expect(whole.collections).toBeUndefined()
  expect(shared.rowCount).toBeLessThanOrEqual(256)
  expect(shared.collectionCount).toBe(COLLECTIONS)
  expect(shared.collections!.reduce((sum, count) => sum + count, 0)).toBe(COLLECTIONS)
  expect(shared.source.notices.map(({ code }) => code)).toEqual(['shared-rows'])
})

test('counts, sums and extremes stay exact when rows are shared', () => {
  for (const [at, truth] of summaries(whole).entries()) {
    const found = summaries(shared)[at]!
    const exact = ({ collections, minors, majors, mixed, peakBytes, committedBytes, causes, stream, cpuShare }: typeof truth): unknown => ({ collections, minors, majors, mixed, peakBytes, committedBytes, causes, stream, cpuShare })
    expect(exact(found)).toEqual(exact(truth))
    expect(found.allocatedBytes).toBeCloseTo(truth.allocatedBytes, 0)
    expect(found.pauses.totalMs).toBeCloseTo(truth.pauses.totalMs, 6)
    expect(found.pauses.maxMs).toBe(truth.pauses.maxMs)
    expect(found.durationMs).toBe(truth.durationMs)
    for (const name of ['p50Ms', 'p95Ms', 'p99Ms'] as const) expect(Math.abs(found.pauses[name] / truth.pauses[name] - 1)).toBeLessThan(0.0051)
  }
})

test('the floor of shared rows has the same trend: it is made of minima', () => {
  const [truth, found] = [summaries(whole)[0]!.floor!, summaries(shared)[0]!.floor!]
  expect(found.basis).toBe('after-major')
  expect(found.trendScore).toBeGreaterThan(1.64)
  expect(Math.abs(found.bytesPerHour / truth.bytesPerHour - 1)).toBeLessThan(0.02)
  expect(found.bytes.at(-1)! / truth.bytes.at(-1)!).toBeCloseTo(1, 2)
})

test('rows are shared evenly: none stands for more than twice what another of its kind does', () => {
  const perRow = [...shared.collections!].filter((_, row) => row < shared.rowCount - 32)
  const median = perRow.toSorted((a, b) => a - b)[perRow.length >> 1]!
  expect(Math.max(...perRow)).toBeLessThanOrEqual(2 * median)
})

test('a forecast from shared rows is near the one from all of them', () => {
  const forecast = (log: GcLog): ReturnType<typeof forecastGo> => forecastGo(log, streamsOf(log)[0]!.collections, 100, { percent: 200 })
  expect(Math.abs(forecast(shared).collections! / forecast(whole).collections! - 1)).toBeLessThan(0.1)
  expect(Math.abs(forecast(shared).peakBytes / forecast(whole).peakBytes - 1)).toBeLessThan(0.1)
})

test('a collection that is too old to be changed keeps what it was', () => {
  const builder = new GcLogBuilder({ name: 'drawn', format: 'drawn', idsAreStable: false, notices: [] }, { mostRows: 64, openCollections: 8 })
  for (let each = 0; each < 100; each++) builder.add({ generation: 'minor', startMs: each, usedAfterBytes: 100 })
  builder.change(0, { usedAfterBytes: 1 })
  builder.change(99, { usedAfterBytes: 7 })
  const log = builder.build({ collector: 'drawn' })
  expect(log.usedAfterBytes[0]).toBe(100)
  expect(log.usedAfterBytes.at(-1)).toBe(7)
})
