import { expect, test } from 'vitest'
import { growthRate, rateBetween } from './growth-rate.ts'
import { levelCourse } from './live-level.ts'
import { fitShapes } from './shapes.ts'

const HOUR = 3600
const seconds = Float64Array.from({ length: 361 }, (_, i) => i * 10)

function rateOf(course: (second: number) => number): number {
  const floor = levelCourse({ seconds, values: seconds.map(course) })!
  return growthRate({ floor, shapes: fitShapes(floor, {}) }, {})!.perHour.value
}

test('of an even rise it is the slope', () => {
  expect(rateOf((second) => 80e6 + 36e6 * (second / HOUR) + 50e3 * Math.sin(second))).toBeCloseTo(36e6, -6)
})

test('of a few jumps it is what they add up to over the whole time, not the slope of a line through them', () => {
  const steps = [300, 840, 1380, 1920, 2460, 3000]
  const rate = rateOf((second) => 80e6 + 5e6 * steps.filter((at) => second >= at).length + 20e3 * Math.sin(second))
  expect(rate / 30e6).toBeGreaterThan(0.95)
  expect(rate / 30e6).toBeLessThan(1.06)
})

test('of a warm-up before an even rise it is that of the rise', () => {
  const rate = rateOf((second) => 80e6 + 30e6 * (1 - Math.exp(-second / 150)) + 36e6 * (second / HOUR) + 50e3 * Math.sin(second))
  expect(Math.abs(rate / 36e6 - 1)).toBeLessThan(0.1)
})

test('between three exact values that span half the time it is their median slope; with two there is none', () => {
  const points = { seconds: Float64Array.of(100, 400, 900), values: Float64Array.of(10e6, 13e6, 18e6) }
  expect(rateBetween(points, 1000, {}, 'time')).toBeCloseTo(36e6, -3)
  expect(rateBetween({ seconds: points.seconds.subarray(0, 2), values: points.values.subarray(0, 2) }, 1000, {}, 'time')).toBeUndefined()
  expect(rateBetween(points, 4000, {}, 'time')).toBeUndefined()
})
