import { join } from 'node:path'
import { expect, test } from 'vitest'
import { streamsOf, summarizeGc } from '../../../src/analysis/gc/gc-summary.ts'
import { forecastGenerations, type GenerationalForecast, type GenerationalSettings } from '../../../src/analysis/gc/generational-replay.ts'
import { startRun } from '../../../src/base/run.ts'
import { fileSource } from '../../../src/jobs/file-source.ts'
import type { GcLog } from '../../../src/model/gc-log.ts'
import { openInput } from '../../../src/readers/open.ts'

const MEBIBYTE = 2 ** 20

async function load(name: string): Promise<GcLog> {
  return (await openInput(await fileSource(join(import.meta.dirname, 'logs', `${name}.txt`)), startRun())).model as GcLog
}

async function forecast(name: string, wanted: GenerationalSettings): Promise<GenerationalForecast> {
  const log = await load(name)
  return forecastGenerations(log, streamsOf(log)[0]!.collections, wanted)
}

const cases: [from: string, to: string, wanted: GenerationalSettings][] = [
  ['serial-96m', 'serial-192m', { runtime: 'jvm', maxHeapBytes: 192 * MEBIBYTE }],
  ['serial-192m', 'serial-96m', { runtime: 'jvm', maxHeapBytes: 96 * MEBIBYTE }],
  ['semi-space-16', 'semi-space-4', { runtime: 'v8', semiSpaceBytes: 4 * MEBIBYTE }],
]
for (const [from, to, wanted] of cases) {
  test(`from the log of ${from}, the run of ${to} is forecast within 15 %`, async () => {
    const truth = await load(to)
    const summary = summarizeGc(truth, streamsOf(truth)[0]!)
    const { minors, peakBytes, refused } = await forecast(from, wanted)
    expect(refused).toEqual([])
    expect(Math.abs(minors!.value / summary.minors - 1)).toBeLessThan(0.15)
    expect(Math.abs(peakBytes!.value / summary.peakBytes - 1)).toBeLessThan(0.15)
  })
}

test('above the semi-space that was seen, the range holds the run, and says why it is wide', async () => {
  const truth = await load('semi-space-16')
  const summary = summarizeGc(truth, streamsOf(truth)[0]!)
  const { minors, peakBytes, notes } = await forecast('semi-space-4', { runtime: 'v8', semiSpaceBytes: 16 * MEBIBYTE })
  expect(minors!.low).toBeLessThanOrEqual(summary.minors)
  expect(minors!.high).toBeGreaterThanOrEqual(summary.minors)
  expect(peakBytes!.low).toBeLessThanOrEqual(summary.peakBytes)
  expect(peakBytes!.high).toBeGreaterThanOrEqual(summary.peakBytes)
  expect(notes.join()).toContain('from never to at once')
})

test('a heap that would be full of what stays gets no count', async () => {
  const { minors, refused } = await forecast('serial-192m', { runtime: 'jvm', maxHeapBytes: 24 * MEBIBYTE })
  expect(minors).toBeUndefined()
  expect(refused.length).toBeGreaterThan(0)
})

test('a limit for the old space only says whether the program fits', async () => {
  const { minors, fits, refused } = await forecast('semi-space-16', { runtime: 'v8', oldSpaceBytes: 512 * MEBIBYTE })
  expect(minors).toBeUndefined()
  expect(fits).toBe(true)
  expect(refused.join()).toContain('when V8 collects its old space')
})
