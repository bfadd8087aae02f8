import { expect, test } from 'vitest'
import { commonest, looksLike } from './text-looks.ts'

test.each([
  ['user-17', 'a-9'],
  ['3f2b8c1e-0d4a-4b6f-9c7d-1a2b3c4d5e6f', 'UUID'],
  ['1700000000', 'whole number'],
  ['9f86d081884c7d659a2feaa0c55ad015', '32 hex digits'],
  ['ada@example.org', 'e-mail address'],
  ['10.0.0.7:443', 'IP address'],
  ['https://example.org/a?b=c', 'URL'],
  ['/users/7/orders', 'path'],
  ['/users?id=7', 'path with query'],
  ['method:GET,route:/users/7,code:200', 'labels'],
  ['2026-11-21T10:00:00Z', 'date and time'],
  ['Ünal 7, Žofie', 'a 9, a'],
  ['', ''],
])('%j looks like %j', (text, look) => {
  expect(looksLike(text)).toBe(look)
})

test('a look never holds letters or digits of the text it stands for', () => {
  for (const secret of ['hunter2', 'sk_live_4242', 'Bob’s bank account 12-34']) expect(looksLike(secret)).toMatch(/^[^b-zB-Z0-8]*$/)
})

test('the commonest look is named with its share, and variety as variety', () => {
  expect(commonest(new Map([['UUID', 99], ['a', 1]]))).toBe('UUID')
  expect(commonest(new Map([['a-9', 8], ['UUID', 2]]))).toBe('a-9 (80 %), UUID')
  expect(commonest(new Map(['a', 'b', 'c', 'd', 'e'].map((word) => [word, 1])))).toBe('mixed')
  expect(commonest(new Map())).toBe('')
})
