import { expect, test } from 'vitest'
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
