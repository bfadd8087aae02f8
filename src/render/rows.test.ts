import { expect, test } from 'vitest'
import { rowCsv, rowJson, rowsText } from './rows.ts'

test('a table keeps the order of the query, writes sizes as sizes and other numbers as they are', () => {
  const rows = [
    ['Session', 2119, 1_500_000, 0.5],
    [null, 3, 12, 1 / 3],
  ]
  expect(rowsText(['class', 'count', 'retained_bytes', 'share'], rows, { columns: 80 })).toEqual([
    'class    count  retained_bytes     share',
    'Session   2119          1.5 MB       0.5',
    '             3            12 B  0.333333',
  ])
})

test('what does not fit shortens the widest words, never a number', () => {
  const [, line] = rowsText(['n', 'text'], [[1234567, 'x'.repeat(90)]], { columns: 40 })
  expect(line).toBe(`1234567  ${'x'.repeat(30)}…`)
})

test('contents cannot leave their cell or steer the terminal', () => {
  const nasty = 'a\u001b[2Jb\n"c",\u202ed'
  expect(rowsText(['t'], [[nasty]], { columns: 80 })[1]).toBe('a\\u001b[2Jb\\n"c",\\u202ed')
  expect(rowCsv([nasty, 1, null, [1, 'x']])).toBe('"a\\u001b[2Jb\n""c"",\\u202ed",1,,"[1,""x""]"\n')
  const json = rowJson(['t', '__proto__'], [nasty, 2])
  expect(json).not.toMatch(/[\u001b\u202e]/)
  expect(JSON.parse(json)).toHaveProperty('t', nasty)
})
