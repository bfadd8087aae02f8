import { expect, test } from 'vitest'
import { wrap } from './wrap.ts'

test('a number is not broken between its groups, nor from its unit', () => {
  expect(wrap('a Map with room for 4 096 entries of 1 234 567 B or 12 % of 3.5 kB, after 15 ms', 21)).toEqual(['a Map with room for', '4 096 entries of', '1 234 567 B or 12 %', 'of 3.5 kB, after', '15 ms'])
})

test('words break, and what is longer than a line stands alone and whole', () => {
  expect(wrap('in 3 snapshots at /a/very/long/path/of/a/file.ts:1:1 there', 20)).toEqual(['in 3 snapshots at', '/a/very/long/path/of/a/file.ts:1:1', 'there'])
})
