import { expect, test } from 'vitest'
import { levelCourse, liveLevels } from './live-level.ts'
import type { Signal } from './signal.ts'
import { fitLine } from './statistics.ts'

/** A heap of 50 MB that leaks 20 kB a second; 1 MB of garbage a second, gone every 40 s; each sample off by some of its own. */
function sawtooth(noise: (i: number) => number): { used: Signal; collections: Signal } {
  const seconds = Float64Array.from({ length: 600 }, (_, i) => i)
  return {
    used: { seconds, values: seconds.map((second, i) => 50e6 + 20e3 * second + 1e6 * (second % 40) + noise(i)) },
    collections: { seconds, values: seconds.map((second) => Math.floor(second / 40)) },
  }
}

test('the levels of a sawtooth rise as live memory does, however tall the teeth', () => {
  const { used, collections } = sawtooth(() => 0)
  const levels = liveLevels(used, collections, undefined)!
  expect(levels.values).toHaveLength(14)
  expect(fitLine(levels.seconds, levels.values).slope).toBeCloseTo(20e3, -2)
})

test('the noise of single samples averages out of the levels', () => {
  const { used, collections } = sawtooth((i) => 600e3 * Math.sin(i * i))
  const levels = liveLevels(used, collections, undefined)!
  expect(Math.abs(fitLine(levels.seconds, levels.values).slope / 20e3 - 1)).toBeLessThan(0.05)
})

test('garbage that follows requests is taken off by requests, through a pause too', () => {
  const seconds = Float64Array.from({ length: 600 }, (_, i) => i)
  const requests = seconds.map((second) => 10 * Math.min(second, 200) + 10 * Math.max(0, second - 300))
  const collected = requests.map((count) => Math.floor(count / 400))
  const used = requests.map((count, i) => 30e6 + 2e3 * count + 50e3 * (count - 400 * collected[i]!))
  const levels = liveLevels({ seconds, values: used }, { seconds, values: collected }, { seconds, values: requests })!
  const gained = levels.values.at(-1)! - levels.values[0]!
  expect(gained / (2e3 * 400 * (levels.values.length - 1))).toBeCloseTo(1, 1)
})

test('three collections are too few for a course', () => {
  const { used, collections } = sawtooth(() => 0)
  const short = (signal: Signal): Signal => ({ seconds: signal.seconds.subarray(0, 130), values: signal.values.subarray(0, 130) })
  expect(liveLevels(short(used), short(collections), undefined)).toBeUndefined()
})

test('a course of many values is 36 means', () => {
  const seconds = Float64Array.from({ length: 720 }, (_, i) => i)
  const course = levelCourse({ seconds, values: seconds.map((second, i) => 1e6 * second + (i % 2 === 0 ? 5e6 : -5e6)) })!
  expect(course.values).toHaveLength(36)
  expect(course.values[1]! - course.values[0]!).toBeCloseTo(20e6, -3)
})
