import { expect, test } from 'vitest'
import { Cancelled, ProbeError, ReadError, StoreError, UsageError } from '../base/errors.ts'
import { exitCodeOfError, exitCodeOfVerdict } from './exit-code.ts'

test('every known trouble has its own exit code, and whatever else is thrown is our bug', () => {
  const codes = [
    new UsageError({ argument: '--rounds', given: 'x', allowed: 'a number' }),
    new ReadError({ file: 'a', format: 'b', position: { kind: 'whole' }, expected: 'c', found: 'd' }),
    new ProbeError({ target: 'pid 1', step: 'attach', problem: 'refused' }),
    new StoreError({ path: 'a', step: 'open', problem: 'locked' }),
    new Cancelled('reading'),
    new TypeError('x is not a function'),
    'thrown as text',
    undefined,
  ].map(exitCodeOfError)
  expect(codes).toEqual([2, 3, 4, 5, 130, 70, 70, 70])
})

test('a verdict ends with 1 when it is as bad as --fail-on asks', () => {
  const table = (['leak', 'suspect', 'never'] as const).map((failOn) => (['leak', 'suspect', 'undecided', 'healthy'] as const).map((verdict) => exitCodeOfVerdict(verdict, failOn)))
  expect(table).toEqual([
    [1, 0, 0, 0],
    [1, 1, 0, 0],
    [0, 0, 0, 0],
  ])
})
