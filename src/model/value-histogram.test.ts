import { expect, test } from 'vitest'
import { ValueHistogram } from './value-histogram.ts'

/** Numbers over six powers of ten, the same ones each time. */
function numbers(count: number): number[] {
  let seed = 12345
  return Array.from({ length: count }, () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
    return 10 ** ((6 * seed) / 2 ** 31 - 3)
  })
}

test('count, sum and largest are exact, quantiles within half a percent', () => {
  const histogram = new ValueHistogram()
  const values = numbers(20_000)
  for (const value of values) histogram.add(value)
  const sorted = values.toSorted((a, b) => a - b)
  expect(histogram.count).toBe(20_000)
  expect(histogram.sum).toBeCloseTo(values.reduce((sum, value) => sum + value, 0), 3)
  expect(histogram.quantile(1)).toBe(sorted.at(-1))
  for (const share of [0, 0.01, 0.5, 0.9, 0.95, 0.99, 0.999]) {
    const truth = sorted[Math.floor(share * (sorted.length - 1))]!
    expect(Math.abs(histogram.quantile(share) / truth - 1)).toBeLessThan(0.0051)
  }
})

test('zero is a value of its own, and nothing counted is not a number', () => {
  const histogram = new ValueHistogram()
  expect(histogram.quantile(0.5)).toBeNaN()
  for (const value of [0, 0, 0, 8]) histogram.add(value)
  expect(histogram.quantile(0.5)).toBe(0)
  expect(histogram.max).toBe(8)
})

test('what is beyond the bins counts as the outermost', () => {
  const histogram = new ValueHistogram()
  for (const value of [1e12, 2e12]) histogram.add(value)
  expect(histogram.quantile(0)).toBeGreaterThan(9e8)
  expect(histogram.max).toBe(2e12)
})
