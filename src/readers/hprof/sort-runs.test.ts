import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sortRuns } from './sort-runs.ts'

const ascending = (from: number, count: number, step: number): number[] => Array.from({ length: count }, (_, at) => from + at * step)

/** What must come out, found by sorting. */
function expected(addresses: readonly number[], skip: number): number[] {
  const nodes = new Map<number, number>()
  for (let node = addresses.length - 1; node >= skip; node--) nodes.set(addresses[node]!, node)
  return [...nodes.keys()].toSorted((a, b) => a - b).map((address) => nodes.get(address)!)
}

test('regions in any order, with classes before them and the same address twice, come out in order', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 1 }), fc.array(fc.oneof(fc.integer({ min: 0, max: 5 * 2 ** 22 }), fc.integer({ min: 0, max: 4000 }).map((offset) => 2 ** 22 + offset)), { maxLength: 60 }), (regions, classes) => {
      const addresses = [0, ...classes, ...regions.flatMap((region) => ascending(region * 2 ** 22, 200, 16))]
      const found = sortRuns(Float64Array.from(addresses), 1)
      expect(found).toBeDefined()
      expect([...found!]).toEqual(expected(addresses, 1))
    }),
  )
})

test('regions that overlap, and addresses without any order, are left to a sort', () => {
  expect(sortRuns(Float64Array.from([...ascending(0, 100, 16), ...ascending(800, 100, 16)]), 0)).toBeUndefined()
  expect(sortRuns(Float64Array.from({ length: 5000 }, (_, at) => (at * 7919) % 5003), 0)).toBeUndefined()
})

test('nothing is nothing', () => {
  expect(sortRuns(Float64Array.from([0]), 1)).toEqual(new Uint32Array(0))
})
