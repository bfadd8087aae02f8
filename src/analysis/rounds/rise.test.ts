import { expect, test } from 'vitest'
import { measureRise } from './rise.ts'

const done = [0, 100, 200, 300, 400, 500, 600, 700]

test('a steady leak rises alike early and late', () => {
  const rise = measureRise(done, done.map((at) => 5_000_000 + 613 * at + (at % 3) * 50))
  expect(rise.perUnit).toBeCloseTo(613, 0)
  expect(rise.lateUnit).toBeCloseTo(613, 0)
  expect(rise.rose).toBe(7)
  expect(rise.lateScore).toBeGreaterThan(100)
})

test('a cache that fills and is full then rises early only', () => {
  const rise = measureRise(done, done.map((at) => 5_000_000 + 2000 * Math.min(at, 250)))
  expect(rise.lateUnit).toBe(0)
  expect(rise.perUnit).toBeGreaterThanOrEqual(500)
})

test('one round that went astray does not move the slope', () => {
  const values = done.map((at) => 1_000_000 + 500 * at)
  values[4]! += 800_000
  expect(measureRise(done, values).perUnit).toBeCloseTo(500, 0)
})

test('a flat line has no score, and a perfect one an infinite score', () => {
  expect(measureRise(done, done.map(() => 7)).lateScore).toBe(0)
  expect(measureRise(done, done.map((at) => 65_536 * at)).lateScore).toBeGreaterThan(1e6)
})

test('where one leap makes the late rise, the middle step shows it', () => {
  const leap = measureRise(done, done.map((at) => 1_000_000 + 20 * at + (at > 500 ? 100_000 : 0)))
  expect(leap.lateUnit).toBeGreaterThan(100)
  expect(leap.lateMedian).toBe(20)
})
