import { describe, expect, test } from 'vitest'
import type { Floor } from './floor.ts'
import { fitShapes } from './shapes.ts'

const POINTS = 36
const at = Float64Array.from({ length: POINTS }, (_, i) => i * 100)

/** A floor that follows `course` of 0…1, with a little seeded noise. */
function floorOf(course: (x: number) => number): Floor {
  let state = 7
  const noise = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32 - 0.5
  }
  const values = at.map((second) => 100e6 + 40e6 * course(second / at[POINTS - 1]!) + 0.4e6 * noise())
  return { seconds: at, values, noise: 0.2e6, resetCount: 0, amplitude: 0 }
}

describe('of competing shapes', () => {
  const harmless: [string, (x: number) => number][] = [
    ['a level', () => 0],
    ['a cache that fills', (x) => 1 - Math.exp(-x / 0.15)],
    ['a ramp that ends', (x) => Math.min(1, x / 0.4)],
    ['a step', (x) => (x > 0.5 ? 1 : 0)],
    ['two steps', (x) => (x > 0.3 ? 0.5 : 0) + (x > 0.7 ? 0.5 : 0)],
    ['a burst', (x) => (x > 0.4 && x < 0.5 ? 1 : 0)],
  ]
  for (const [name, course] of harmless) {
    test(`${name} is not taken for growth`, () => {
      expect(fitShapes(floorOf(course), {}).growing).toBeLessThan(0.1)
    })
  }

  const growing: [string, (x: number) => number][] = [
    ['a line', (x) => x],
    ['a warm-up and a line', (x) => 0.5 * (1 - Math.exp(-x / 0.04)) + 0.5 * x],
    ['a level and then a line', (x) => Math.max(0, x - 0.4)],
    ['a wave on a line', (x) => x + 0.3 * Math.sin((2 * Math.PI * x) / 0.3)],
  ]
  for (const [name, course] of growing) {
    test(`${name} grows`, () => {
      expect(fitShapes(floorOf(course), {}).growing).toBeGreaterThan(0.9)
    })
  }

  test('growth by requests, with a pause, is told from growth by time', () => {
    const worked = (x: number): number => Math.min(x, 0.6) / 0.6
    const requests = { seconds: at, values: at.map((second) => 10_000 * worked(second / at[POINTS - 1]!)) }
    const { best } = fitShapes(floorOf(worked), { requests })
    expect([best.driver, best.grows]).toEqual(['requests', true])
  })
})
