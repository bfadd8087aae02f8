import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NumberTable } from './number-table.ts'

test('a number table answers like a Map', () => {
  const key = fc.oneof(fc.nat(50), fc.maxSafeNat())
  fc.assert(
    fc.property(fc.array(fc.tuple(key, fc.nat()), { maxLength: 3000 }), (entries) => {
      const table = new NumberTable()
      const truth = new Map<number, number>()
      for (const [at, value] of entries) {
        table.set(at, value)
        truth.set(at, value)
      }
      expect(table.size).toBe(truth.size)
      for (const [at, value] of truth) expect(table.get(at)).toBe(value)
      for (let at = 0; at < 60; at++) expect(table.get(at)).toBe(truth.get(at) ?? -1)
    }),
  )
})
