import { describe, expect, it } from 'vitest'
import { numbersIn } from './line-numbers.ts'

describe('the numbers of a line', () => {
  const all = (text: string, room = 16): number[] => {
    const into = new Float64Array(room)
    return [...into.subarray(0, numbersIn(text, into))]
  }

  it('come in order, whatever stands between', () => {
    expect(all('gc 23 @4.821s 6%: 0.040+1.8 ms, 30->31->16 MB')).toEqual([23, 4.821, 6, 0.04, 1.8, 30, 31, 16])
  })

  it('are the very doubles that the language itself reads', () => {
    for (const text of ['0.1', '4.35', '123456.789', '0.000001', '99999999999.999', '12345678901234567890.5', '3.']) expect(all(text)).toEqual([Number(text)])
  })

  it('end at a second point, and beyond the room given', () => {
    expect(all('1.2.3')).toEqual([1.2, 3])
    expect(all('1 2 3', 2)).toEqual([1, 2])
    expect(all('none')).toEqual([])
  })
})
