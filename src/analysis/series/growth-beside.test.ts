import { describe, expect, test } from 'vitest'
import type { Floor } from './floor.ts'
import { evenness, growthBeside, lateTrend } from './growth-beside.ts'
import { ratesAround } from './signal.ts'

const POINTS = 36
const seconds = Float64Array.from({ length: POINTS }, (_, i) => i * 10)
const clock = seconds.map((second) => second / seconds[POINTS - 1]!)
/** Noise without chance in it: it has no trend and no period that the load has. */
const jitter = (i: number): number => ((i * 7919) % 13) - 6

function floorOf(course: (x: number, i: number) => number): Floor {
  return { seconds, values: clock.map((x, i) => course(x, i) + 2000 * jitter(i)), noise: 8000, resetCount: 0, amplitude: 0 }
}

/** Requests whose rate comes and goes four times. */
const rate = (x: number): number => 100 + 80 * Math.sin(8 * Math.PI * x)
const fine = Float64Array.from({ length: 3600 }, (_, i) => i / 10)
const total = new Float64Array(fine.length)
for (let i = 1; i < fine.length; i++) total[i] = total[i - 1]! + rate(fine[i]! / 350) / 10
const requests = { seconds: fine, values: total }

describe('growth beside the load', () => {
  test('is none where memory only follows the request rate', () => {
    const { score, byLoad } = growthBeside(floorOf((x) => 10e6 + 50e3 * rate(x)), clock, { requests })
    expect(Math.abs(score)).toBeLessThan(3)
    expect(byLoad).toBeGreaterThan(0.9)
  })

  test('is found beneath a load that is higher than all of it', () => {
    const { score, rise, lateScore, lateShare } = growthBeside(floorOf((x) => 10e6 + 15e3 * rate(x) + 2e6 * x), clock, { requests })
    expect(score).toBeGreaterThan(10)
    expect(rise / 2e6).toBeCloseTo(1, 0)
    expect(lateScore).toBeGreaterThan(5)
    expect(lateShare).toBeCloseTo(1, 0)
  })

  test.each([0.05, 0.19])('is next to none after a warm-up that fades in %d of the time', (tau) => {
    const floor = floorOf((x) => 10e6 + 8e6 * (1 - Math.exp(-x / tau)))
    const { score, rise } = growthBeside(floor, clock, {})
    expect(Math.abs(score)).toBeLessThan(6)
    expect(Math.abs(rise)).toBeLessThan(0.1 * 8e6)
    if (tau < 0.1) expect(Math.abs(lateTrend(floor))).toBeLessThan(2)
  })

  test('goes on after the warm-up where it leaks besides', () => {
    const { lateScore, rise } = growthBeside(floorOf((x) => 10e6 + 8e6 * (1 - Math.exp(-x / 0.05)) + 3e6 * x), clock, {})
    expect(lateScore).toBeGreaterThan(10)
    expect(rise / 3e6).toBeCloseTo(1, 0)
  })

  test('came to a halt: its late share is none', () => {
    expect(Math.abs(growthBeside(floorOf((x) => 10e6 + 5e6 * Math.min(0.35, x)), clock, {}).lateShare)).toBeLessThan(0.1)
  })

  test('of a few points is not known', () => {
    const few: Floor = { seconds: seconds.subarray(0, 7), values: Float64Array.of(1, 2, 3, 4, 5, 6, 7), noise: 0.1, resetCount: 0, amplitude: 0 }
    expect(Object.values(growthBeside(few, clock.subarray(0, 7), {}))).toEqual(Array.from({ length: 6 }, () => Number.NaN))
  })
})

describe('the request rate', () => {
  test('at both ends is that of the half window there is, not half the rate', () => {
    const even = { seconds: fine, values: fine.map((second) => 40 * second) }
    for (const value of ratesAround(even, seconds, 14)) expect(value).toBeCloseTo(40, 6)
  })
})

describe('evenness', () => {
  test('of a straight line is near one', () => expect(evenness(floorOf((x) => 10e6 + 5e6 * x), clock)).toBeGreaterThan(0.9))
  test('of what came to a halt is near none', () => expect(Math.abs(evenness(floorOf((x) => 10e6 + 5e6 * Math.min(0.6, x)), clock))).toBeLessThan(0.1))
  test('of a few points is not known', () => {
    const few: Floor = { seconds: seconds.subarray(0, 5), values: Float64Array.of(1, 2, 3, 4, 5), noise: 0.1, resetCount: 0, amplitude: 0 }
    expect(evenness(few, clock.subarray(0, 5))).toBeNaN()
  })
})
