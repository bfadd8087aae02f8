import { expect, test } from 'vitest'
import { chain, snapshotText } from '../../../test/support/snapshot-text.ts'
import { type Forecast, forecastMemory, MEMORY_STEPS, stepThatFits } from './forecast.ts'
import { HEADER_END, headerIn } from './snapshot-head.ts'

const headerOf = (text: string): NonNullable<ReturnType<typeof headerIn>> => headerIn(new TextEncoder().encode(text.slice(0, HEADER_END)))!
const forecastOf = (nodeCount: number, edgeCount: number, sizeBytes: number): Forecast => forecastMemory(headerOf(snapshotText({ ...chain(10), nodeCount, edgeCount })), sizeBytes)

test('the forecast grows with what the header counts', () => {
  expect(forecastOf(1000, 4000, 60_000)['one-thread']).toBeLessThan(40_000_000)
  expect(forecastOf(10_000_000, 40_000_000, 1_000_000_000)['one-thread']).toBeGreaterThan(900_000_000)
})

test('every step takes less than the one before', () => {
  const forecast = forecastOf(10_000_000, 40_000_000, 1_000_000_000)
  const bytes = MEMORY_STEPS.map((step) => forecast[step])
  expect(bytes).toEqual(bytes.toSorted((a, b) => b - a))
  expect(new Set(bytes).size).toBe(MEMORY_STEPS.length)
})

test('a header that lies is bounded by the size of the file', () => {
  expect(forecastOf(4_000_000_000, 4_000_000_000, 1000)['two-threads']).toBeLessThan(70_000_000)
})

test('strings and weak edges count as a look at the file finds them', () => {
  const header = headerOf(snapshotText({ ...chain(10), nodeCount: 1_000_000, edgeCount: 4_000_000 }))
  const [few, many] = [1_000_000, 50_000_000].map((stringBytes) => forecastMemory(header, 100_000_000, { look: { stringBytes, stringCount: 1000, strongShare: 1 } }))
  expect(many!['one-thread'] - few!['one-thread']).toBe(49_000_000)
  expect(many!['strings-in-file']).toBe(few!['strings-in-file'])
  const weak = forecastMemory(header, 100_000_000, { look: { stringBytes: 1_000_000, stringCount: 1000, strongShare: 0.5 } })
  expect(few!['one-thread'] - weak['one-thread']).toBe(4 * 2_000_000)
})

test('the step taken is the first that fits, and below the last there is none', () => {
  const forecast = forecastOf(10_000_000, 40_000_000, 1_000_000_000)
  for (const step of MEMORY_STEPS) expect(stepThatFits(forecast, forecast[step])).toBe(step)
  expect(stepThatFits(forecast, forecast['nodes-only'] - 1)).toBeUndefined()
  expect(stepThatFits(forecast, Infinity, 'one-thread')).toBe('one-thread')
})
