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

test('items are found by position wherever their block is, and drain one by one in order', () => {
  const count = 9_000_000 // past the end of the first large block
  const column = growingUint32()
  for (let item = 0; item < count; item++) column.push(item)
  for (const index of [0, 255, 256, 767, 768, 65_535, 130_815, 130_816, 130_817, 8_519_423, 8_519_424, 8_519_425, count - 1]) expect(column.at(index)).toBe(index)
  const items = column.drainItems()
  let wrong = 0
  for (let item = 0; item < count; item++) if (items.next() !== item) wrong++
  expect(wrong).toBe(0)
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
