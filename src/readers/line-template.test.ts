import { expect, test } from 'vitest'
import { lineTemplate, matchLine, placeOf, WordNumbers } from './line-template.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const numbers = new Float64Array(8)
const match = (template: string, text: string, from = 0): { end: number; numbers: number[] } => {
  numbers.fill(Number.NaN)
  const end = matchLine(lineTemplate(template), bytes(text), from, text.length, numbers)
  return { end, numbers: [...numbers].filter((number) => !Number.isNaN(number)) }
}

test('numbers stand for #, everything else for itself', () => {
  expect(match('gc # @#s #%: ', 'gc 23 @4.821s 6%: 0.04')).toEqual({ end: 18, numbers: [23, 4.821, 6] })
  expect(match('#->#->#', '30->31->16 MB')).toEqual({ end: 10, numbers: [30, 31, 16] })
})

test('a blank stands for one or more', () => {
  expect(match('] # ms', ']      39 ms')).toEqual({ end: 12, numbers: [39] })
  expect(match('a b', 'ab').end).toBe(-1)
})

test('the comma of a locale is a point only between digits', () => {
  expect(match('# s', '0,125 s').numbers).toEqual([0.125])
  expect(match('#, #', '1, 2').numbers).toEqual([1, 2])
  expect(match('#.', '7.').numbers).toEqual([7])
})

test('a text that does not fit, or ends before the template, is refused', () => {
  expect(match('gc #', 'gc x').end).toBe(-1)
  expect(match('gc # @#s', 'gc 12 @').end).toBe(-1)
  expect(matchLine(lineTemplate('# MB'), bytes('12 MB'), 0, 3, numbers)).toBe(-1)
})

test('no digit is lost where doubles can hold it', () => {
  expect(match('#', '123456789012345').numbers).toEqual([123456789012345])
  expect(match('#', '0.1234567890123456789').numbers).toEqual([Number('0.1234567890123456789')])
  for (const text of ['0.1', '2.675', '1234.5678', '99999.99999']) expect(match('#', text).numbers).toEqual([Number(text)])
})

test('a word is asked for once', () => {
  const asked: string[] = []
  const words = new WordNumbers((word) => asked.push(word))
  const text = bytes('forced;goal;forced;')
  expect([words.number(text, 0, 6), words.number(text, 7, 11), words.number(text, 12, 18)]).toEqual([1, 2, 1])
  expect(asked).toEqual(['forced', 'goal'])
})

test('a word is found between two places and nowhere else', () => {
  const line = bytes('mu = 1, current mu = 0.5')
  expect(placeOf(bytes('mu = '), line, 0, line.length)).toBe(0)
  expect(placeOf(bytes('mu = '), line, 1, line.length)).toBe(16)
  expect(placeOf(bytes('mu = '), line, 1, 20)).toBe(-1)
})
