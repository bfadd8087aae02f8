import { describe, expect, test } from 'vitest'
import { findCeiling, findFloor } from './floor.ts'

const seconds = (n: number): Float64Array => Float64Array.from({ length: n }, (_, i) => i)

describe('the floor', () => {
  test('of a sawtooth is where its teeth begin, one point a tooth', () => {
    const values = seconds(400).map((i) => 50e6 + (i % 40) * 1e6)
    const floor = findFloor({ seconds: seconds(400), values })
    expect(floor.resetCount).toBe(9)
    expect([...new Set(floor.values)]).toEqual([50e6])
    expect(floor.amplitude).toBe(39e6)
  })

  test('of a sawtooth that leaks rises by the leak alone', () => {
    const values = seconds(400).map((i) => 50e6 + (i % 40) * 1e6 + i * 10e3)
    const { seconds: at, values: low } = findFloor({ seconds: seconds(400), values })
    expect((low.at(-1)! - low[0]!) / (at.at(-1)! - at[0]!)).toBeCloseTo(10e3, 0)
  })

  test('of exact values are the values themselves', () => {
    const values = Float64Array.of(10e6, 11e6, 12e6, 13e6, 14e6, 15e6)
    expect(findFloor({ seconds: seconds(6), values }, { values: 'exact' }).values).toEqual(values)
  })

  test('of a level signal has the smallest noise allowed, not none', () => {
    expect(findFloor({ seconds: seconds(200), values: new Float64Array(200).fill(1e6) }).noise).toBe(4096)
  })
})

describe('the ceiling', () => {
  test('is the highest value of each block of time, at most 36', () => {
    const values = seconds(400).map((i) => 50e6 + (i % 10) * 1e6)
    const ceiling = findCeiling({ seconds: seconds(400), values })
    expect(ceiling.values.length).toBe(36)
    expect([...new Set(ceiling.values)]).toEqual([59e6])
  })

  test('of a short signal has a point for five samples', () => {
    const { seconds: at, values } = findCeiling({ seconds: seconds(30), values: seconds(30).map((i) => i * 1e6) })
    expect(values.length).toBe(6)
    expect(values.at(-1)).toBe(29e6)
    expect([...at]).toEqual([...at].toSorted((a, b) => a - b))
  })
})
