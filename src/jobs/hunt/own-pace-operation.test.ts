import { expect, test } from 'vitest'
import { startRun } from '../../base/run.ts'
import { OutputCounter, OwnPaceOperation, ProgramFinished } from './own-pace-operation.ts'

test('a program’s own count is read off its output, and carried on between two lines', () => {
  const counter = new OutputCounter()
  counter.hear('starting up, 12 workers', 0)
  counter.hear('ops 100', 1000)
  expect(counter.isCounting).toBe(false)
  counter.hear('ops 200', 1100)
  expect([counter.isCounting, counter.printed]).toEqual([true, 200])
  expect(counter.estimate(1150)).toBeCloseTo(250, 5)
  expect(counter.estimate(9000)).toBe(300) // never past the next line due
})

test('other numbers are no counter: another word, a count that falls, a port', () => {
  const counter = new OutputCounter()
  for (const line of ['listening 8080', 'jobs: 17', 'ops 5', 'jobs: 3', 'error 404', 'version 1.2.3']) counter.hear(line, 0)
  expect([counter.isCounting, counter.printed]).toEqual([false, 17])
})

test('rounds of time do not count the time the program stood still', () => {
  const operation = new OwnPaceOperation({ hasEnded: () => false, target: 'x' })
  const before = operation.done()
  operation.discount(5000)
  expect(operation.done()).toBeLessThan(before)
})

test('a program that ends while a round waits ends the wait', async () => {
  const operation = new OwnPaceOperation({ hasEnded: () => true, target: 'x' })
  await expect(operation.perform(60, startRun())).rejects.toThrow(ProgramFinished)
})
