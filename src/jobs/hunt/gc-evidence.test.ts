import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startRun } from '../../base/run.ts'
import type { Finding, Verdict } from '../../model/finding.ts'
import type { Report } from '../../model/report.ts'
import { GcEvidence } from './gc-evidence.ts'

const logs = join(import.meta.dirname, '..', '..', '..', 'test', 'jobs', 'gc', 'logs')

function report(verdict: Verdict): Report {
  const finding = { verdict, title: 'drawn', reasons: [], paths: [], fingerprint: 'f', subject: { kind: 'process', className: '', metric: 'heap' }, category: 'other' } as unknown as Finding
  return { schema: '', tool: { name: 'stillhere', version: '0' }, command: 'hunt', verdict, summary: '', sources: [], findings: verdict === 'healthy' ? [] : [finding], notices: [], details: { kept: true } } as unknown as Report
}

test('a rising floor in the log stands with the finding of the rounds', async () => {
  const joined = await new GcEvidence(join(logs, 'gcwork-100.txt')).join(report('leak'), startRun())
  expect(joined.verdict).toBe('leak')
  expect(joined.findings[0]!.reasons.map(({ text }) => text).join()).toMatch(/own log agrees, over 46 collections: .*2\.1 MB → 126 MB/)
  expect(joined.details).toMatchObject({ kept: true, collector: { name: 'go', collections: 46 } })
  expect(joined.findings).toHaveLength(1)
})

test('where the rounds find nothing, the log does not accuse: it holds the warm-up too, and says so', async () => {
  const joined = await new GcEvidence(join(logs, 'gcwork-100.txt')).join(report('healthy'), startRun())
  expect(joined.verdict).toBe('healthy')
  expect(joined.findings).toEqual([])
  expect(joined.notices[0]!.message).toContain('another picture')
})

test('a trace that the program prints among its own words is heard', async () => {
  const evidence = new GcEvidence(undefined)
  evidence.hear('listening on 8080')
  for (let at = 1; at <= 6; at++) evidence.hear(`[512:0x2f50]     ${at}00 ms: Mark-Compact ${at + 9}.0 (20.0) -> ${at + 4}.0 (20.0) MB, 2.44 / 0.00 ms  (average mu = 0.9, current mu = 0.9) testing;`)
  const joined = await evidence.join(report('leak'), startRun())
  expect(joined.findings[0]!.reasons[0]!.text).toContain('5.2 MB → 10.5 MB')
})

test('without a log a report stays as it was', async () => {
  const before = report('leak')
  expect(await new GcEvidence(undefined).join(before, startRun())).toBe(before)
})
