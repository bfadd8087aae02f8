import { expect, test } from 'vitest'
import type { Finding } from '../model/finding.ts'
import { judgeAgainstBaseline, updateBaseline } from './gate.ts'

const leak = (fingerprint: string, verdict: Finding['verdict'] = 'leak'): Finding => ({
  verdict, pattern: 'growing-map', category: 'growing-collection', title: `leak ${fingerprint}`, reasons: [], subject: { kind: 'nodes', className: 'Session', count: 1 }, paths: [], fingerprint, advice: '',
})
const baseline = { schema: 1 as const, leaks: [
  { fingerprint: 'known', title: 'known', reason: 'ticket 7' },
  { fingerprint: 'today', title: 'today', reason: 'until today', expires: '2026-11-21' },
  { fingerprint: 'past', title: 'past', reason: 'until yesterday', expires: '2026-11-20' },
  { fingerprint: 'fixed', title: 'fixed', reason: 'was here' },
] }

test('new leaks and those whose day has passed fail, known ones do not, fixed ones are told', () => {
  const gate = judgeAgainstBaseline([leak('new'), leak('new'), leak('known'), leak('today'), leak('past'), leak('suspect', 'suspect')], baseline, '2026-11-21')
  expect(gate.fresh.map((finding) => finding.fingerprint)).toEqual(['new'])
  expect(gate.known.map(({ leak: { fingerprint } }) => fingerprint)).toEqual(['known', 'today'])
  expect(gate.expired.map(({ leak: { fingerprint } }) => fingerprint)).toEqual(['past'])
  expect(gate.fixed.map(({ fingerprint }) => fingerprint)).toEqual(['fixed'])
  expect(updateBaseline(baseline, gate, { reason: 'later', expires: '2027-01-01' }).leaks.map(({ fingerprint, reason }) => `${fingerprint}: ${reason}`)).toEqual(['known: ticket 7', 'today: until today', 'past: until yesterday', 'new: later'])
})
