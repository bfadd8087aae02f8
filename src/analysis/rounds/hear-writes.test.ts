import { describe, expect, test } from 'vitest'
import type { CaughtWrites } from '../../model/caught-writes.ts'
import type { Finding } from '../../model/finding.ts'
import { hearWrites } from './hear-writes.ts'
import { judgeRounds } from './judge.ts'

const floor = { atMs: 0, heapUsedBytes: 8e6, codeBytes: 2e6, externalBytes: 4e6, arrayBuffersBytes: 0, rssBytes: 9e7, contextCount: 1, detachedContextCount: 0, handleCount: 2 }
const bigger: Finding = { verdict: 'leak', pattern: 'growing-value', category: 'growing-collection', title: '', reasons: [], subject: { kind: 'nodes', className: 'Array', count: 1 }, growth: { bytes: 280, count: 0, per: 'operation' }, paths: [], fingerprint: '', advice: '' }
// Enlarged once, in the third of seven rounds.
const floors = Array.from({ length: 8 }, (_, round) => ({ ...floor, done: 200 + 100 * round, heapUsedBytes: 8e6 + (round > 2 ? 196_000 : 0) }))
const evidence = { per: 'operation', floors, findings: [bigger], snapshotBytes: 280, snapshotCount: 2 } as const
const judgement = judgeRounds(evidence)
const writes: CaughtWrites = { watched: 'Map', added: 25, removed: 0, gained: 25, stacks: [] }
const rates = { evidence, perUnit: 280 }
const hear = (caught: Partial<CaughtWrites>, finding: Finding = bigger, perUnit = 280) => hearWrites(judgement, [{ finding, caught: { ...writes, ...caught }, units: 5 }], { evidence: { ...evidence, findings: [finding] }, perUnit }).verdict

test('a table of numbers that leapt once is undecided by floors and snapshots alone', () => {
  expect(judgement.verdict).toBe('undecided')
})

test('seen to be added to until the end it is a leak', () => {
  expect(hear({})).toBe('leak')
})

test('not where something is taken out, where little was added, or where its bytes are not those entries', () => {
  expect(hear({ removed: 1, gained: 24 })).toBe('undecided')
  expect(hear({ added: 2, gained: 2 })).toBe('undecided')
  expect(hear({}, { ...bigger, growth: { bytes: 90_000, count: 0, per: 'operation' } })).toBe('undecided')
  expect(hear({}, bigger, 20)).toBe('undecided')
})

test('not where a bound is in sight, and a healthy program stays healthy', () => {
  expect(hear({}, { ...bigger, reasons: [{ for: false, text: 'its max is 10 000' }] })).toBe('undecided')
  const healthy = judgeRounds({ per: 'operation', floors: floors.map((each) => ({ ...each, heapUsedBytes: 8e6 })), findings: [], snapshotBytes: 0, snapshotCount: 2 })
  expect(hearWrites(healthy, [{ finding: bigger, caught: writes, units: 5 }], rates).verdict).toBe('healthy')
})

test('a table from which as much goes as comes accuses nobody: its room grew, not what it holds', () => {
  expect(hear({ removed: 25, gained: 0 })).toBe('healthy')
  const rising = { ...evidence, floors: floors.map((each, round) => ({ ...each, heapUsedBytes: 8e6 + 28_000 * round })), snapshotCount: 3 }
  const leak = judgeRounds(rising)
  expect(leak.verdict).toBe('leak')
  const seen = [{ finding: bigger, caught: { ...writes, removed: 25, gained: 0 }, units: 5 }]
  expect(hearWrites(leak, seen, { evidence: rising, perUnit: 280 })).toMatchObject({ verdict: 'undecided', wouldDecide: expect.stringContaining('--rounds') as string })
  const other: Finding = { ...bigger, growth: { bytes: 280, count: 1, per: 'operation' } }
  expect(hearWrites(leak, seen, { evidence: { ...rising, findings: [bigger, other] }, perUnit: 280 }).verdict).toBe('leak')
})

describe('a collection that gained objects in every round', () => {
  const gained: Finding = { ...bigger, growth: { bytes: 280, count: 1, per: 'operation' } }
  const rising = { ...evidence, floors: floors.map((each, round) => ({ ...each, heapUsedBytes: 8e6 + 28_000 * round })), snapshotCount: 3, findings: [gained] }
  const leak = judgeRounds(rising)
  const at = (caught: Partial<CaughtWrites>, finding = gained, beside: Finding[] = []) => hearWrites(leak, [{ finding, caught: { ...writes, added: 5, removed: 5, gained: 0, entries: 900, ...caught }, units: 5 }], { evidence: { ...rising, findings: [finding, ...beside] }, perUnit: 280 })

  test('and gives up as many as come at the end may have come to its bound: undecided, never healthy', () => {
    expect(leak.verdict).toBe('leak')
    expect(at({})).toMatchObject({ verdict: 'undecided', wouldDecide: expect.stringContaining('bound') as string })
  })

  test('stays a leak while it gains, though it also deletes: entries that come and go beside those that stay', () => {
    expect(at({ added: 10, removed: 5, gained: 5 }).verdict).toBe('leak')
    expect(at({ removed: 0, gained: 5 }).verdict).toBe('leak')
    // One in twenty stays: five operations are too few to see it.
    expect(at({}, { ...gained, growth: { bytes: 280, count: 0.05, per: 'operation' } }).verdict).toBe('leak')
    // One tree of a hundred objects in twenty stays.
    expect(at({ added: 50, removed: 50 }, { ...gained, growth: { bytes: 280, count: 5, per: 'operation' } }).verdict).toBe('leak')
    // A chain behind a list of the last one, or of the last thousand that it kept before.
    expect(at({ entries: 1 }).verdict).toBe('leak')
    expect(at({ entries: 10_000 }).verdict).toBe('leak')
    // How many there are is not known.
    expect(at({ entries: undefined }).verdict).toBe('leak')
    expect(at({ gained: undefined }).verdict).toBe('leak')
  })

  test('excuses no other holder', () => {
    expect(at({}, gained, [{ ...gained }]).verdict).toBe('leak')
  })
})
