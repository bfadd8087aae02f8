import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { observedGoPercent } from '../../../src/analysis/gc/go-behavior.ts'
import { forecastGo } from '../../../src/analysis/gc/go-pacer.ts'
import { streamsOf } from '../../../src/analysis/gc/gc-summary.ts'
import { startRun } from '../../../src/base/run.ts'
import { fileSource } from '../../../src/jobs/file-source.ts'
import type { GcLog } from '../../../src/model/gc-log.ts'
import { openInput } from '../../../src/readers/open.ts'

const load = async (name: string): Promise<GcLog> => (await openInput(await fileSource(join(import.meta.dirname, 'logs', `${name}.txt`)), startRun())).model as GcLog
const peakOf = (log: GcLog): number => Math.max(...log.peakBytes!)
const off = (forecast: number, real: number): number => Math.abs(forecast / real - 1)

describe('a forecast from one run agrees with another run under the settings asked for', () => {
  for (const program of ['steady', 'gcwork']) {
    for (const percent of [100, 200, 400]) {
      test(`${program}: from GOGC=100 to ${percent}, within 15 % on collections and peak`, async () => {
        const log = await load(`${program}-100`)
        const truth = await load(`${program}-${percent}`)
        const [stream] = streamsOf(log)
        const forecast = forecastGo(log, stream!.collections, 100, { percent })
        expect(off(forecast.peakBytes, peakOf(truth))).toBeLessThan(0.15)
        // One collection more or less is the rounding of a short log.
        expect(Math.abs(forecast.collections! - truth.collectionCount)).toBeLessThanOrEqual(Math.max(1, 0.15 * truth.collectionCount))
      })
    }
  }

  test('a memory limit holds the peak below it and makes more collections', async () => {
    const log = await load('steady-100')
    const truth = await load('steady-lim60')
    const [stream] = streamsOf(log)
    const limitBytes = 60 * 2 ** 20
    const forecast = forecastGo(log, stream!.collections, 100, { percent: 100, limitBytes })
    expect(off(forecast.peakBytes, peakOf(truth))).toBeLessThan(0.15)
    expect(forecast.peakBytes).toBeLessThanOrEqual(limitBytes)
    expect(off(forecast.collections!, truth.collectionCount)).toBeLessThan(0.15)
    expect(forecast.byLimit).toBeGreaterThan(30)
  })

  test('GOGC=off under a limit collects only for the limit', async () => {
    const log = await load('steady-100')
    const truth = await load('steady-off120')
    const [stream] = streamsOf(log)
    const forecast = forecastGo(log, stream!.collections, 100, { percent: Number.POSITIVE_INFINITY, limitBytes: 120 * 2 ** 20 })
    expect(off(forecast.peakBytes, peakOf(truth))).toBeLessThan(0.15)
    expect(forecast.byLimit).toBe(forecast.collections)
  })
})

test('what the runs did lies in the range that is told', async () => {
  for (const program of ['steady', 'gcwork']) {
    const log = await load(`${program}-100`)
    for (const percent of [200, 400]) {
      const truth = await load(`${program}-${percent}`)
      const { range } = forecastGo(log, streamsOf(log)[0]!.collections, 100, { percent })
      expect(truth.collectionCount).toBeGreaterThanOrEqual(Math.floor(range.collections!.low))
      expect(truth.collectionCount).toBeLessThanOrEqual(Math.ceil(range.collections!.high))
      expect(peakOf(truth)).toBeGreaterThanOrEqual(range.peakBytes.low)
      expect(peakOf(truth)).toBeLessThanOrEqual(range.peakBytes.high)
    }
  }
})

test('a limit that what is alive would fill: how many collections is refused with the reason, the peak is told', async () => {
  const log = await load('steady-100')
  const alive = Math.max(...log.usedAfterBytes)
  const { collections, cpuMs, byLimit, range, peakBytes, refused } = forecastGo(log, streamsOf(log)[0]!.collections, 100, { percent: 100, limitBytes: alive })
  expect([collections, cpuMs, byLimit, range.collections]).toEqual([undefined, undefined, undefined, undefined])
  expect(refused.join()).toContain('the limit leaves no room above what is alive')
  expect(peakBytes).toBeGreaterThan(alive / 2)
})

test('GOGC of a run is seen in its goals', async () => {
  for (const percent of [50, 100, 200]) {
    const log = await load(`gcwork-${percent}`)
    expect(off(observedGoPercent(log, streamsOf(log)[0]!.collections)!, percent)).toBeLessThan(0.06)
  }
})
