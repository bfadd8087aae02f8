import { expect, test } from 'vitest'
import { isAlarm } from './forest.ts'

const thresholds = { leak: 0.3, leakFromOutside: 0, growing: 0.3 }

test('what looked like a leak all along is an alarm', () => {
  expect(isAlarm(thresholds, false, 1.5, () => 1)).toBe(true)
})

test('what looks like one only now is not, unless it looks very much like one', () => {
  expect(isAlarm(thresholds, false, 1, () => -1.5)).toBe(false)
  expect(isAlarm(thresholds, false, 4, () => -1.5)).toBe(true)
})

test('what does not look like one now is none, whatever it looked like before', () => {
  let looked = 0
  expect(isAlarm(thresholds, false, -1.5, () => (looked++, 5))).toBe(false)
  expect(looked).toBe(0)
})

test('from outside the newest look counts alone', () => {
  expect(isAlarm(thresholds, true, 0.8, () => -2)).toBe(true)
  expect(isAlarm(thresholds, false, 0.8, () => -2)).toBe(false)
})
