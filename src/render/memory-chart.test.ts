import { expect, test } from 'vitest'
import { drawMemoryChart } from './memory-chart.ts'

const draw = (values: number[], options: Partial<Parameters<typeof drawMemoryChart>[1]> = {}): string =>
  drawMemoryChart(values.map((value) => value * 1e6), { width: 10, height: 4, ...options }).join('\n')

test('a rise is drawn from its lowest values, with a scale', () => {
  expect(draw([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])).toBe(
    [
      '    10.0 MB        ███',
      '                ██████',
      '              ████████',
      '        0 B ██████████',
    ].join('\n'),
  )
})

test('a sawtooth has its teeth in grey above its floor', () => {
  expect(draw([2, 8, 2, 8, 2, 8, 2, 8], { width: 4 })).toBe(
    [
      '     8.0 MB ░░░░',
      '            ░░░░',
      '            ████',
      '        0 B ████',
    ].join('\n'),
  )
})

test('the limit is a line, and left out when it is far away', () => {
  expect(draw([4, 4, 4], { width: 3, limitBytes: 6e6 })).toContain('lim 6.0 MB ───')
  expect(draw([4, 4, 4], { width: 3, limitBytes: 60e6 })).not.toContain('─')
})

test('nothing is drawn of nothing', () => expect(draw([])).toBe(''))
