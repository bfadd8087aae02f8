import { expect, test } from 'vitest'
import { unsample } from './unsample.ts'

// Expected values: what Go's pprof prints for its own test profile gobench.heap (`heap/1048576`, interval 524288).
test('raw samples become the estimates that pprof prints', () => {
  expect(unsample(1, 524288, 524288)).toEqual({ count: 1, bytes: 829411 })
  expect(unsample(642, 6574080, 524288)).toEqual({ count: 33192, bytes: 339890635 })
  expect(unsample(1, 16, 524288)).toEqual({ count: 32768, bytes: 524296 })
})

test('nothing is scaled when every allocation was recorded', () => {
  expect(unsample(3, 100, 1)).toEqual({ count: 3, bytes: 100 })
  expect(unsample(0, 0, 524288)).toEqual({ count: 0, bytes: 0 })
})
