import { describe, expect, test } from 'vitest'
import type { Floor } from './floor.ts'
import { growthBeside } from './growth-beside.ts'

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
    const { score } = growthBeside(floorOf((x) => 10e6 + 50e3 * rate(x)), clock, { requests })
    expect(Math.abs(score)).toBeLessThan(3)
  })

  test('is found beneath a load that is higher than all of it', () => {
    const { score, rise } = growthBeside(floorOf((x) => 10e6 + 15e3 * rate(x) + 2e6 * x), clock, { requests })
    expect(score).toBeGreaterThan(10)
    expect(rise / 2e6).toBeCloseTo(1, 0)
  })

  test('is none after a warm-up', () => {
    const { score, lateTrend } = growthBeside(floorOf((x) => 10e6 + 8e6 * (1 - Math.exp(-x / 0.05))), clock, {})
    expect(Math.abs(score)).toBeLessThan(4)
    expect(Math.abs(lateTrend)).toBeLessThan(2)
  })
})

describe('evenness', () => {
  test('of a straight line is near one', () => expect(growthBeside(floorOf((x) => 10e6 + 5e6 * x), clock, {}).evenness).toBeGreaterThan(0.9))
  test('of what came to a halt is near none', () => expect(Math.abs(growthBeside(floorOf((x) => 10e6 + 5e6 * Math.min(0.6, x)), clock, {}).evenness)).toBeLessThan(0.1))
  test('of a few points is not known', () => {
    const few: Floor = { seconds: seconds.subarray(0, 5), values: Float64Array.of(1, 2, 3, 4, 5), noise: 0.1, resetCount: 0, amplitude: 0 }
    expect(growthBeside(few, clock.subarray(0, 5), {}).evenness).toBeNaN()
  })
})
