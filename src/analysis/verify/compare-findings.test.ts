import { expect, test } from 'vitest'
import type { Finding } from '../../model/finding.ts'
import { compareFindings, type SideOfComparison } from './compare-findings.ts'
import type { ControlOutcome } from './take-out-control.ts'

const SEEN: ControlOutcome = { isSeen: true, plantedRate: 1, foundRate: 1, bytesRate: 32 }
const NOT_SEEN: ControlOutcome = { isSeen: false, plantedRate: 1 }

function finding(fingerprint: string, bytes: number, more: Partial<Finding> = {}): Finding {
  return {
    verdict: 'leak',
    pattern: 'growing-map',
    category: 'growing-collection',
    title: `leak ${fingerprint}`,
    reasons: [],
    subject: { kind: 'nodes', className: 'Session', count: 1 },
    growth: { bytes, count: bytes / 100, per: 'operation' },
    paths: [],
    fingerprint,
    advice: '',
    ...more,
  }
}

const leaking = (...findings: Finding[]): SideOfComparison => ({ verdict: 'leak', findings })
const HEALTHY: SideOfComparison = { verdict: 'healthy', findings: [] }
const BEFORE = leaking(finding('a', 1000))

test('a leak that is not seen again, beside a control that is, is gone', () => {
  const { verdict, rows, doubts } = compareFindings(BEFORE, HEALTHY, SEEN)
  expect([verdict, doubts, rows.map(({ change, before }) => [change, before?.bytes])]).toEqual(['healthy', [], [['gone', 1000]]])
})

test('without the control in sight nothing is gone: the answer is undecided', () => {
  const { verdict, rows, doubts } = compareFindings(BEFORE, HEALTHY, NOT_SEEN)
  expect([verdict, rows[0]!.change]).toEqual(['undecided', 'unknown'])
  expect(doubts[0]).toContain('control was not found')
})

test('a control at another rate than it was planted proves nothing either', () => {
  const { verdict, doubts } = compareFindings(BEFORE, HEALTHY, { isSeen: false, plantedRate: 1, foundRate: 0.4 })
  expect(verdict).toBe('undecided')
  expect(doubts[0]).toContain('0.40 instead of 1.00')
})

test('a leak that is seen needs no control', () => {
  expect(compareFindings(BEFORE, leaking(finding('a', 1000)), NOT_SEEN).verdict).toBe('leak')
})

test.each([
  [1000, 'same', 1],
  [850, 'same', 0.85],
  [3000, 'same', 3],
  [500, 'reduced', 0.5],
])('1000 bytes that are %i now: %s', (bytes, change, ratio) => {
  const { verdict, rows } = compareFindings(BEFORE, leaking(finding('a', bytes)), SEEN)
  expect([verdict, rows[0]!.change, rows[0]!.ratio, rows[0]!.isNoise]).toEqual(['leak', change, ratio, false])
})

test('a remainder is noise only when it is few bytes and hardly any object', () => {
  const rest = (bytes: number, count: number): SideOfComparison => leaking(finding('a', bytes, { growth: { bytes, count, per: 'operation' } }))
  expect(compareFindings(BEFORE, rest(60, 0.01), SEEN)).toMatchObject({ verdict: 'healthy', rows: [{ change: 'reduced', isNoise: true }] })
  expect(compareFindings(BEFORE, rest(60, 1), SEEN)).toMatchObject({ verdict: 'leak', rows: [{ change: 'reduced', isNoise: false }] })
})

test('a leak as small as noise that did not change is the same leak', () => {
  const small = leaking(finding('a', 60, { growth: { bytes: 60, count: 0.01, per: 'operation' } }))
  expect(compareFindings(small, small, SEEN)).toMatchObject({ verdict: 'leak', rows: [{ change: 'same', isNoise: false }] })
})

test('one gone and a new one: a leak', () => {
  const { verdict, rows } = compareFindings(BEFORE, leaking(finding('b', 200)), SEEN)
  expect([verdict, rows.map(({ change, fingerprint }) => `${change} ${fingerprint}`)]).toEqual(['leak', ['gone a', 'new b']])
})

test('a new suspect is no leak, and no all-clear', () => {
  expect(compareFindings(BEFORE, { verdict: 'undecided', findings: [finding('b', 200, { verdict: 'suspect' })] }, SEEN).verdict).toBe('undecided')
})

test('findings of one fingerprint are added up', () => {
  const twice = leaking(finding('a', 500), finding('a', 500))
  expect(compareFindings(twice, leaking(finding('a', 1000)), SEEN).rows).toMatchObject([{ change: 'same', ratio: 1 }])
})

test('rates per operation and per second are not compared', () => {
  const timed = leaking(finding('a', 1000, { growth: { bytes: 1000, count: 10, per: 'second' } }))
  expect(compareFindings(BEFORE, timed, SEEN)).toMatchObject({ verdict: 'undecided', rows: [{ change: 'unknown' }] })
})

test('an operation that fails now does not leak, but that is no repair', () => {
  const { verdict, rows, doubts } = compareFindings({ ...BEFORE, failedShare: 0.02 }, { ...HEALTHY, failedShare: 0.9 }, SEEN)
  expect([verdict, rows[0]!.change]).toEqual(['undecided', 'unknown'])
  expect(doubts[0]).toContain('90 %')
})

test('a report without a leak gives nothing to verify', () => {
  expect(compareFindings(HEALTHY, HEALTHY, SEEN)).toMatchObject({ verdict: 'undecided', rows: [] })
})

test('two finished reports are compared without a control', () => {
  expect(compareFindings(BEFORE, HEALTHY, undefined)).toMatchObject({ verdict: 'healthy', rows: [{ change: 'gone' }] })
})
