import { expect, test } from 'vitest'
import { growingFloat64, growingUint32 } from './growing-columns.ts'

test('a column of a million items comes back as one array, in order', () => {
  const column = growingUint32()
  for (let item = 0; item < 1_000_000; item++) column.push(item)
  expect(column.length).toBe(1_000_000)
  const flat = column.flatten()
  expect(flat.length).toBe(1_000_000)
  expect(flat.every((value, index) => value === index)).toBe(true)
  expect(column.length).toBe(0)
})

test('draining gives every item once', () => {
  const column = growingFloat64()
  for (let item = 0; item < 1000; item++) column.push(item / 2)
  let sum = 0
  for (const block of column.drain()) for (const value of block) sum += value
  expect(sum).toBe((999 * 1000) / 4)
})

test('an empty column flattens to an empty array', () => {
  expect(growingUint32().flatten().length).toBe(0)
})
