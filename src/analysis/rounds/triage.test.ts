import { describe, expect, test } from 'vitest'
import type { Floor } from './floor.ts'
import { judgeRounds } from './judge.ts'
import { memoryParts, nativeBytes, triageNative } from './triage.ts'

/** Floors a hundred operations and a second apart. */
function floors(count: number, of: (round: number) => Partial<Floor> = () => ({}), from = 0): Floor[] {
  return Array.from({ length: count }, (_, at) => {
    const round = from + at
    return { done: 200 + round * 100, atMs: round * 1000, heapUsedBytes: 8e6, heapCommittedBytes: 12e6, codeBytes: 2e6, externalBytes: 4e6, arrayBuffersBytes: 1e6, rssBytes: 90e6, contextCount: 1, detachedContextCount: 0, handleCount: 2, ...of(round) }
  })
}

const flat = floors(14)

test('native memory is what is resident beyond the heap’s pages and external memory', () => {
  expect(nativeBytes(flat[0]!)).toBe(74e6)
  expect(nativeBytes({ ...flat[0]!, heapCommittedBytes: undefined })).toBe(78e6)
})

describe('memory outside the heap', () => {
  test('that rises to the end of the rounds without a snapshot is a native leak', () => {
    const native = triageNative(flat, floors(14, (round) => ({ rssBytes: 90e6 + 1e6 * round }), 14), [])
    expect(native.course).toBe('rises')
    const judgement = judgeRounds({ per: 'operation', floors: flat, findings: [], snapshotBytes: 0, snapshotCount: 3, native })
    expect([judgement.verdict, judgement.unexplained]).toEqual(['leak', 'native'])
  })

  test('that rose and then stayed is kept pages, and healthy', () => {
    const native = triageNative(floors(14, (round) => ({ rssBytes: 90e6 + 3e6 * Math.min(round, 5) })), floors(14, () => ({ rssBytes: 105e6 }), 14), [])
    expect(native.course).toBe('kept')
    expect(judgeRounds({ per: 'operation', floors: flat, findings: [], snapshotBytes: 0, snapshotCount: 3, native }).verdict).toBe('healthy')
  })

  test('that slows down, or rose by leaps only, may rise: more time decides', () => {
    expect(triageNative(flat, floors(14, (round) => ({ rssBytes: 90e6 + 12e6 * (1 - Math.exp(-(round - 14) / 4)) }), 14), []).course).not.toBe('rises')
    expect(triageNative(flat, floors(14, (round) => ({ rssBytes: 90e6 + 8e6 * Math.floor(round / 9) }), 14), []).course).toBe('may rise')
  })

  test('that rose by one small leap among flat rounds is an arena that was due, and healthy; by two it may rise', () => {
    const leaps = (at: readonly number[]): Floor[] => floors(30, (round) => ({ rssBytes: 90e6 + 20e3 * round + at.filter((leap) => round >= leap).length * 1.9e6 }), 14)
    expect(triageNative(flat, leaps([35]), []).course).toBe('flat')
    expect(triageNative(flat, leaps([32, 38]), []).course).toBe('may rise')
  })

  test('is not what a snapshot leaves behind', () => {
    const around = floors(14, (round) => ({ rssBytes: round > 6 ? 150e6 : 90e6 }))
    expect(triageNative(around, [], [6500]).course).toBe('flat')
  })

  test('is not the heap’s own, nor external memory', () => {
    const native = triageNative(flat, floors(14, (round) => ({ rssBytes: 90e6 + 2e6 * round, heapCommittedBytes: 12e6 + 1e6 * round, externalBytes: 4e6 + 1e6 * round }), 14), [])
    expect(native.course).toBe('flat')
  })
})

test('the table says of every part how it went', () => {
  const rows = memoryParts(
    floors(14, (round) => ({ heapUsedBytes: 8e6 + 50e3 * round, arrayBuffersBytes: 1e6 + 2e6 * Math.min(round, 4), externalBytes: 4e6 + 2e6 * Math.min(round, 4), handleCount: 2 + round })),
    { course: 'flat', rise: undefined, rounds: 0 },
  )
  expect(Object.fromEntries(rows.map(({ part, course }) => [part, course]))).toEqual({
    'objects in the heap': 'rises',
    'compiled code': 'flat',
    'external memory': 'flat',
    'array buffers': 'rose, then stayed',
    'contexts (count)': 'flat',
    'handles (count)': 'rises',
    'native, beyond these': 'flat',
  })
})
