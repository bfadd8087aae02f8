import { expect, test } from 'vitest'
import { Recorder } from './recorder.ts'
import { RssCourse } from './rss-course.ts'

test('a course of any length keeps its beginning, its end and its lowest values', () => {
  const course = new RssCourse()
  for (let i = 0; i < 10_000; i++) course.add(i * 1000, i === 5003 ? 1e6 : 50e6 + (i % 7) * 1e6)
  const recorder = new Recorder({})
  course.tell(recorder)
  const { timeMs, metrics } = recorder.series('drawn')
  const rss = metrics.get('rss')!
  expect(timeMs.length).toBeLessThanOrEqual(240)
  expect([...timeMs]).toEqual([...timeMs].toSorted((a, b) => a - b))
  expect(timeMs[0]).toBeLessThan(200_000)
  expect(timeMs.at(-1)).toBeGreaterThan(9_900_000)
  expect(Math.min(...rss)).toBe(1e6)
  expect(rss.filter((bytes) => bytes === 50e6).length).toBeGreaterThan(60)
})
