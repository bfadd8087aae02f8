import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NONE } from '../../model/heap-graph.ts'
import { AddressIndex } from './address-index.ts'

test('every address is found at its first node, and no other is, as a Map finds them', () => {
  const address = fc.oneof(fc.integer({ min: 1, max: 4000 }), fc.integer({ min: 0x7f00_0000_0000, max: 0x7f00_0001_0000 }), fc.maxSafeNat())
  fc.assert(
    fc.property(fc.array(address, { maxLength: 300 }), fc.array(address, { maxLength: 50 }), (given, others) => {
      const addresses = Float64Array.from([0, ...given])
      const expected = new Map<number, number>()
      for (const [index, value] of given.entries()) if (!expected.has(value)) expected.set(value, index + 1)
      const index = new AddressIndex(addresses, 1)
      for (const value of [...given, ...others]) expect(index.nodeOf(value)).toBe(expected.get(value) ?? NONE)
    }),
  )
})
