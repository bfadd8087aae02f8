import { expect, test } from 'vitest'
import { chooseOperations, FIRST_ROUNDS, LADDER, nextRounds } from './round-plan.ts'

const isPrime = (number: number): boolean => number > 1 && Array.from({ length: number }, (_, divisor) => divisor).every((divisor) => divisor < 2 || number % divisor !== 0)

test('rounds and operations are prime wherever we choose them', () => {
  expect([FIRST_ROUNDS, ...LADDER].filter((count) => !isPrime(count))).toEqual([])
  for (const operationMs of [0.1, 5, 30, 100, 150, 500]) expect(isPrime(chooseOperations(operationMs, 2000))).toBe(true)
})

test('slow operations get shorter rounds', () => {
  expect([1, 30, 60, 1000].map((operationMs) => chooseOperations(operationMs, 2000))).toEqual([101, 53, 31, 7])
})

test('more rounds are run while time and memory last', () => {
  const roomy = { roundMs: 100, roundBytes: 1000, leftMs: 10_000, leftBytes: 16e6 }
  expect(nextRounds(7, roomy)).toBe(19)
  expect(nextRounds(7, { ...roomy, leftMs: 700 })).toBe(13)
  expect(nextRounds(7, { ...roomy, roundBytes: 3e6 })).toBe(11)
  expect(nextRounds(7, { ...roomy, roundBytes: 10e6 })).toBe(7)
  expect(nextRounds(7, { ...roomy, leftMs: -5 })).toBe(7)
})
