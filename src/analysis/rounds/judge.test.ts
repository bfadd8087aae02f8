import { expect, test } from 'vitest'
import type { Finding } from '../../model/finding.ts'
import type { Floor } from './floor.ts'
import { accountFor, isRising, judgeRounds } from './judge.ts'
import type { NativeTriage } from './triage.ts'

/** Twenty floors, a hundred operations apart; `of` gives what a floor differs in. */
function floors(of: (done: number) => Partial<Floor>): Floor[] {
  return Array.from({ length: 20 }, (_, round) => {
    const done = 200 + round * 100
    return { done, atMs: done, heapUsedBytes: 8e6, codeBytes: 2e6, externalBytes: 4e6, arrayBuffersBytes: 0, rssBytes: 9e7, contextCount: 1, detachedContextCount: 0, handleCount: 2, ...of(done) }
  })
}

function finding(bytes: number, verdict: Finding['verdict'] = 'leak'): Finding {
  return { verdict, pattern: 'growing-map', category: 'growing-collection', title: '', reasons: [], subject: { kind: 'nodes', className: 'Session', count: 1 }, growth: { bytes, count: 1, per: 'operation' }, paths: [], fingerprint: '', advice: '' }
}

const judge = (all: Floor[], findings: Finding[] = [], snapshotBytes = 0) => judgeRounds({ per: 'operation', floors: all, findings, snapshotBytes, snapshotCount: 3 })

/** What warm code of a server adds: much at first, then less and less. */
const warmUp = (done: number): number => 400_000 * (1 - Math.exp(-done / 400))

test('a holder that gains objects while the floor rises as much is a leak', () => {
  expect(judge(floors((done) => ({ heapUsedBytes: 8e6 + 600 * done + warmUp(done) })), [finding(580)], 580).verdict).toBe('leak')
})

test('warm-up alone is healthy, also when only compiled code goes on rising', () => {
  expect(judge(floors((done) => ({ heapUsedBytes: 8e6 + warmUp(done) }))).verdict).toBe('healthy')
  expect(judge(floors((done) => ({ heapUsedBytes: 8e6 + 900 * done, codeBytes: 2e6 + 900 * done }))).verdict).toBe('healthy')
})

test('a holder that gained objects while the late floors are flat is undecided, and says what would decide', () => {
  const judgement = judge(floors((done) => ({ heapUsedBytes: 8e6 + 2000 * Math.min(done, 700) })), [finding(1000)], 1000)
  expect(judgement.verdict).toBe('undecided')
  expect(judgement.wouldDecide).toMatch(/--rounds/)
})

test('a suspect with a maximum in sight stays undecided while it fills; one without, that never slows down, is a leak', () => {
  const all = floors((done) => ({ heapUsedBytes: 8e6 + 1000 * done }))
  const filling: Finding = { ...finding(950, 'suspect'), reasons: [{ for: false, text: 'its max is 10 000, it holds 2 100' }] }
  expect(judge(all, [filling], 950).verdict).toBe('undecided')
  expect(judge(all, [finding(950, 'suspect')], 950).verdict).toBe('leak')
})

test('one object that got bigger in three rounds is undecided, in twenty a leak', () => {
  const all = floors((done) => ({ heapUsedBytes: 8e6 + 280 * done }))
  const bigger: Finding = { ...finding(280), growth: { bytes: 280, count: 0, per: 'operation' } }
  expect(judge(all.slice(0, 4), [bigger], 280)).toMatchObject({ verdict: 'undecided', wouldDecide: expect.stringContaining('--rounds') as string })
  expect(judge(all, [bigger], 280).verdict).toBe('leak')
})

test('one object that got bigger while the floor came far down again is the table of what went; more objects are not', () => {
  const cameDown = floors((done) => ({ heapUsedBytes: 8e6 + 1000 * (done <= 1200 ? done : 500) }))
  const bigger: Finding = { ...finding(280), growth: { bytes: 280, count: 0, per: 'operation' } }
  expect(judge(cameDown, [bigger], 280).verdict).toBe('healthy')
  expect(judge(cameDown, [bigger, finding(280)], 560).verdict).toBe('undecided')
  // No more than flat is a cache that may be nearly full.
  expect(judge(floors((done) => ({ heapUsedBytes: 8e6 + 2000 * Math.min(done, 700) })), [bigger], 280).verdict).toBe('undecided')
})

test('one object that got bigger while the floor falls and rises again is the table of what comes and goes', () => {
  // Measured: entries that live for six seconds, rounds of 101 requests; kB gained in each round.
  const gained = [184, 170, 183, 198, 176, 189, 164, 314, 189, 157, 156, 157, 154, 162, 158, 163, 156, 156, 213, 156, 156, 155, -153, 156, 156, 156, 157, -761, 161, 0, 156, 152, 156, -617, -2, 156, 1, -498, 39, 156, 0, 156, 0]
  let heapUsedBytes = 5.8e6
  const measured = [0, ...gained].map((kilobytes, round) => ({ ...floors(() => ({}))[0]!, done: 200 + 101 * round, heapUsedBytes: (heapUsedBytes += kilobytes * 1000) }))
  const table: Finding = { ...finding(624), growth: { bytes: 624, count: 0, per: 'operation' } }
  expect(judge(measured, [table], 624).verdict).toBe('healthy')
  expect(judge(measured, [finding(624)], 624).verdict).toBe('undecided')
})

test('one object that got bigger between two snapshots is undecided, however many rounds there were', () => {
  const all = floors((done) => ({ heapUsedBytes: 8e6 + 280 * done }))
  const bigger: Finding = { ...finding(280), growth: { bytes: 280, count: 0, per: 'operation' } }
  const leapt = floors((done) => ({ heapUsedBytes: 8e6 + 40 * done + (done > 1000 ? 500_000 : 0) }))
  const pair = (of: Floor[]) => judgeRounds({ per: 'operation', floors: of, findings: [bigger], snapshotBytes: 280, snapshotCount: 2 })
  expect(pair(all.slice(0, 10)).verdict).toBe('undecided')
  expect(pair(leapt).verdict).toBe('undecided')
})

test('one leap among the later rounds is no rise: the one after a snapshot warms up again', () => {
  // Measured: a server with a full cache, eleven rounds of 100 requests, a snapshot after the seventh.
  const gained = [26_280, 253_896, 77_240, 58_112, 43_664, 32_408, 9880, 123_952, 8072, 3544, 2056]
  let heapUsedBytes = 8e6
  const measured = floors(() => ({})).slice(0, 12).map((each, round) => ({ ...each, heapUsedBytes: (heapUsedBytes += gained[round - 1] ?? 0) }))
  expect(judge(measured, [], 280).verdict).toBe('healthy')
})

test('a late rise of the runtime’s own tables is healthy, of the program’s objects it is a leak nobody was found for', () => {
  const rising = floors((done) => ({ heapUsedBytes: 8e6 + 1500 * done }))
  expect(isRising(rising)).toBe(true)
  expect(judge(rising, [], 20).verdict).toBe('healthy')
  expect(judge(rising, [], 1400)).toMatchObject({ verdict: 'leak', unexplained: 'heap' })
  expect(judge(rising.slice(0, 8), [], 1400).verdict).toBe('undecided') // seven rounds may all be warm-up
})

test('external memory counts like the heap', () => {
  const all = floors((done) => ({ externalBytes: 4e6 + 65_536 * done }))
  expect(judge(all, [finding(65_600)], 64).verdict).toBe('leak')
  expect(judge(all)).toMatchObject({ verdict: 'leak', unexplained: 'external' })
})

const nativeRise = (perUnit: number): NativeTriage => ({ course: 'rises', rounds: 13, rise: { perUnit, lateUnit: perUnit, lateMedian: perUnit, rose: 13, steps: 13, lateScore: 30, total: perUnit * 1300 } })

test('native memory bears witness for what is as much, not for a few objects beside it', () => {
  const flat = floors(() => ({}))
  const judgeBeside = (findings: Finding[], all = flat) => judgeRounds({ per: 'operation', floors: all, findings, snapshotBytes: 0, snapshotCount: 3, native: nativeRise(180_000) })
  const owner = judgeBeside([finding(150_000)])
  expect([owner.verdict, owner.unexplained]).toEqual(['leak', undefined])
  expect(judgeBeside([finding(20)])).toMatchObject({ verdict: 'leak', unexplained: 'native' })
  // Rare objects that the floors hardly show; one with each operation may own the native memory.
  const few: Finding = { ...finding(20), growth: { bytes: 20, count: 0.1, per: 'operation' } }
  const hardlyRising = floors((done) => ({ heapUsedBytes: 8e6 + 30 * done }))
  expect(judgeBeside([few], hardlyRising)).toMatchObject({ verdict: 'leak', unexplained: 'native' })
  expect(judgeBeside([finding(30)], hardlyRising).unexplained).toBeUndefined()
  expect(judgeBeside([finding(5000)], floors((done) => ({ heapUsedBytes: 8e6 + 5000 * done }))).unexplained).toBeUndefined()
})

test('what grew between two snapshots only is an answer where it is enough for what rises', () => {
  const native = nativeRise(180_000)
  const whole = judgeRounds({ per: 'operation', floors: floors(() => ({})), findings: [], snapshotBytes: 0, snapshotCount: 3, native })
  expect(accountFor([finding(20), finding(30)], whole, native)).toBe(false)
  expect(accountFor([finding(100_000)], whole, native)).toBe(true)
  const rising = judge(floors((done) => ({ heapUsedBytes: 8e6 + 1500 * done })), [], 1400)
  expect(accountFor([finding(100)], rising, undefined)).toBe(false)
  expect(accountFor([finding(1000)], rising, undefined)).toBe(true)
})

test('a detached context per round is a leak even without bytes', () => {
  expect(judge(floors((done) => ({ detachedContextCount: done / 100 })))).toMatchObject({ verdict: 'leak', unexplained: 'detached-contexts' })
})

test('a set that is pruned again and again is healthy', () => {
  const all = floors((done) => ({ heapUsedBytes: 8e6 + 500 * (done % 400) }))
  expect(isRising(all)).toBe(false)
  expect(judge(all).verdict).toBe('healthy')
})
