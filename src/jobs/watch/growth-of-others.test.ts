import { expect, test } from 'vitest'
import { GrowthOfOthers } from './growth-of-others.ts'

/** A watch of 200 samples; bytes of the one that tells, and of the others, by sample. */
function watched(own: (sample: number) => number, others: (sample: number) => number): GrowthOfOthers {
  const growth = new GrowthOfOthers()
  for (let sample = 1; sample <= 200; sample++) growth.add(own(sample) + others(sample), () => own(sample))
  return growth
}
const still = (): number => 50e6
const leaking = (sample: number): number => 50e6 + 1e5 * sample

test('the others prevail where they grow and the one that tells does not', () => {
  expect(watched(still, leaking).prevails).toBe(true)
  expect(watched((sample) => 50e6 + 2e4 * sample, leaking).prevails).toBe(true)
})

test('not where it grows itself, with them or alone, and where nobody grows', () => {
  expect(watched(leaking, still).prevails).toBe(false)
  expect(watched(leaking, leaking).prevails).toBe(false)
  expect(watched(still, still).prevails).toBe(false)
})

test('not by others that were started later and stand since', () => {
  expect(watched(still, (sample) => (sample < 60 ? 0 : 200e6)).prevails).toBe(false)
})

test('what was counted of one process is no longer true of the next', () => {
  const growth = watched(still, leaking)
  growth.clear()
  expect(growth.prevails).toBe(false)
})

test('memory is read at lengths that are each a tenth longer', () => {
  let reads = 0
  const growth = new GrowthOfOthers()
  for (let sample = 1; sample <= 100_000; sample++) growth.add(1e6, () => ++reads)
  expect(reads).toBeLessThan(120)
})
