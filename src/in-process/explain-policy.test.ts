import { expect, test } from 'vitest'
import { DEFAULT_EXPLAIN, ExplainPolicy } from './explain-policy.ts'

const roomy = () => ({ headroom: { availableBytes: 10e9, limitedBy: 'machine' as const }, forecastBytes: 1e9 })
const tight = () => ({ headroom: { availableBytes: 100e6, limitedBy: 'cgroup' as const }, forecastBytes: 800e6 })

test('a snapshot that may not fit is declined, and the reason says what was compared', () => {
  const policy = new ExplainPolicy({ ...DEFAULT_EXPLAIN }, Date.now, tight)
  expect(policy.objection('by-request')).toBe('a snapshot may need 1.0 GB, and the cgroup has 100 MB left')
})

test("'never' declines also what is asked for, 'ask' only what comes by itself", () => {
  expect(new ExplainPolicy({ ...DEFAULT_EXPLAIN, explain: 'never' }, Date.now, roomy).objection('by-request')).toBe("explain is 'never'")
  const ask = new ExplainPolicy({ ...DEFAULT_EXPLAIN, explain: 'ask' }, Date.now, roomy)
  expect(ask.objection('by-request')).toBeUndefined()
  expect(ask.objection('by-itself')).toBe("explain is 'ask', and nobody asked")
})

test('snapshots by itself keep their distance and their daily number', () => {
  let nowMs = 0
  const policy = new ExplainPolicy({ ...DEFAULT_EXPLAIN, explain: 'auto', minIntervalMs: 60_000, perDay: 2 }, () => nowMs, roomy)
  expect(policy.objection('by-itself')).toBeUndefined()
  policy.taken()
  nowMs = 30_000
  expect(policy.objection('by-itself')).toBe('the last snapshot was 30 s ago; they are at least 60 s apart')
  nowMs = 60_000
  expect(policy.objection('by-itself')).toBeUndefined()
  policy.taken()
  nowMs = 3_600_000
  expect(policy.objection('by-itself')).toBe('the daily number of snapshots (2) is used up')
  nowMs = 25 * 3_600_000
  expect(policy.objection('by-itself')).toBeUndefined()
})
