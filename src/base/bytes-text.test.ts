import { expect, test } from 'vitest'
import { bytesText, countText } from './bytes-text.ts'

test('sizes read as people write them', () => {
  const sizes = [0, 512, 999, 1000, 7123, 74_200_000, 999_950, 123_456_789_012, -2048, Number.NaN]
  expect(sizes.map(bytesText)).toEqual(['0 B', '512 B', '999 B', '1.0 kB', '7.1 kB', '74.2 MB', '1.0 MB', '123 GB', '-2.0 kB', '?'])
})

test('counts are grouped', () => {
  expect([0, 999, 10_907, 1_234_567, 2.5].map(countText)).toEqual(['0', '999', '10 907', '1 234 567', '2.5'])
})
