import { expect, test } from 'vitest'
import fc from 'fast-check'
import { Bitset } from './bitset.ts'

test('a bit set behaves like a set of numbers', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(199)), fc.array(fc.nat(199)), (added, removed) => {
      const bits = new Bitset(200)
      const truth = new Set<number>()
      for (const index of added) {
        bits.add(index)
        truth.add(index)
      }
      for (const index of removed) {
        bits.remove(index)
        truth.delete(index)
      }
      expect(bits.count()).toBe(truth.size)
      for (let index = 0; index < 200; index++) expect(bits.has(index)).toBe(truth.has(index))
    }),
  )
})

test('too few words are refused with the numbers', () => {
  expect(() => new Bitset(65, new Uint32Array(2))).toThrow('needs 3 words, got 2')
})
