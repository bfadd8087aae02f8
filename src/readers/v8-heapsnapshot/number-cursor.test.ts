import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lastBegin, NumberCursor } from './number-cursor.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

test('the cursor reads what JSON.parse reads, as far as numbers are usual', () => {
  const number = fc.oneof(fc.nat(9), fc.nat(100_000), fc.nat(999_999_999))
  fc.assert(
    fc.property(fc.array(fc.tuple(number, fc.constantFrom(',', '\n,'))), (numbers) => {
      const bytes = bytesOf(`${numbers.map(([value, separator]) => `${value}${separator}`).join('')}0]`)
      const cursor = new NumberCursor()
      expect(numbers.map(() => cursor.next(bytes))).toEqual(numbers.map(([value]) => value))
      expect(bytes.length - cursor.at).toBe(2)
    }),
  )
})

for (const unusual of ['-1,', ' 1,', ',1,', ']1,', '1 ,', '1.5,', '1e3,', '1],', '1\n\n,', '1234567890,', `${'0'.repeat(1000)},`]) {
  test(`the cursor leaves ${JSON.stringify(unusual.slice(0, 12))} to the slow reader, and stays`, () => {
    const cursor = new NumberCursor()
    cursor.at = 2
    expect([cursor.next(bytesOf(`7,${unusual}0,0,`)), cursor.at]).toEqual([-1, 2])
  })
}

test('from the last place where so many numbers may begin, the cursor never leaves the bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('0', '9', ',', '\n', ']'), maxLength: 60 }), fc.integer({ min: 1, max: 6 }), (text, numbers) => {
      // Behind the end stand more digits: a cursor that ran on would show by where it stops.
      const bytes = bytesOf(`${text}9999`)
      const last = lastBegin(bytes, 0, text.length, numbers)
      for (let begin = 0; begin <= last; begin++) {
        const cursor = new NumberCursor()
        cursor.at = begin
        for (let read = 0; read < numbers && cursor.next(bytes) >= 0; read++) expect(cursor.at).toBeLessThanOrEqual(text.length)
      }
    }),
  )
})
