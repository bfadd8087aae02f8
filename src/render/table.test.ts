import { expect, test } from 'vitest'
import { renderDetails, renderTable } from './table.ts'

test('the names of the fields say how their values are written', () => {
  const rows = [
    { className: 'Session', count: 10_907, shallowBytes: 120_000, retainedBytes: 74_200_000, pauseMs: 1234, exampleId: 17, exampleNode: 3, location: { file: 'a.ts', line: 14, column: 7 } },
    { className: '(string)', count: 3, shallowBytes: 48, retainedBytes: Number.NaN, pauseMs: 12, exampleId: 4, exampleNode: 9 },
  ]
  expect(renderTable(rows, { columns: 80 })).toEqual([
    '   count  shallow  retained  pause  example  class     location',
    '  10 907   120 kB   74.2 MB  1.2 s      @17  Session   a.ts:14:7',
    '       3     48 B         ?  12 ms       @4  (string)',
  ])
})

test('rows beyond the limit are counted, not dropped silently', () => {
  const rows = Array.from({ length: 40 }, (_, index) => ({ index }))
  const lines = renderTable(rows, { columns: 80, limit: 3 })
  expect(lines).toEqual(['  index', '      0', '      1', '      2', '  … and 37 more, all in --json'])
})

test('values that are no table and no single value are left to the JSON', () => {
  expect(renderDetails({ nested: { a: 1 }, list: [1, 2], empty: [], lasted: '41 s' }, { columns: 80 })).toEqual(['', '  lasted  41 s'])
})

test('a table that is too wide gets higher titles, then loses its places, then shortens its words; numbers stay whole', () => {
  const rows = [{ className: 'A rather long name of a class, generated', bornAfterWarmUp: 12, survivedUntilEnd: 3, place: { file: 'src/some/where/deep.ts', line: 123, column: 45 } }]
  const at = (columns: number): string[] => renderTable(rows, { columns })
  expect(at(200)).toHaveLength(2)
  expect(at(100)).toEqual([
    '   born',
    '  after  survived',
    '   warm     until',
    '     up       end  class                                     place',
    '     12         3  A rather long name of a class, generated  src/some/where/deep.ts:123:45',
  ])
  expect(at(70).at(-1)).toBe('     12         3  A rather long name of a class, generated')
  expect(at(40).at(-1)).toBe('     12         3  A rather long name o…')
})
