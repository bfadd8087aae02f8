import { describe, expect, test } from 'vitest'
import { judgePoints } from './judge-points.ts'

const at = Float64Array.from({ length: 8 }, (_, i) => i * 5)
const answer = (values: number[]): string => judgePoints({ seconds: at, values: Float64Array.from(values, (value) => value * 1e6) }).answer

describe('values after forced collections', () => {
  test('that rise each time, to the end, grow', () => expect(answer([20, 20.5, 21.1, 21.4, 22, 22.6, 23, 23.6])).toBe('grows'))
  test('that wobble are level', () => expect(answer([20, 20.01, 19.99, 20.02, 20, 20.01, 20.02, 20])).toBe('level'))
  test('that rose and stopped are level', () => expect(answer([20, 22, 24, 26, 26, 26.01, 26, 26.02])).toBe('level'))
  test('that rise half the time are open', () => expect(answer([20, 21, 20.5, 21.6, 21.2, 22.3, 21.9, 22.9])).toBe('open'))
  test('too few of them are open', () => expect(judgePoints({ seconds: at.subarray(0, 4), values: Float64Array.of(1e6, 2e6, 3e6, 4e6) }).answer).toBe('open'))
  test('have the rate of their slope', () => expect(judgePoints({ seconds: at, values: at.map((second) => 20e6 + 1e5 * second) }).bytesPerHour).toBeCloseTo(3.6e8, -3))
})
