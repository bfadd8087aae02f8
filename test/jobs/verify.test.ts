import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Report } from '../../src/model/report.ts'
import { ReportSchema } from '../../src/render/report-schema.ts'
import { runCommand } from '../support/run-command.ts'

// A leak, its repair, and a repair that is none: programs of test/programs/hunt/, whole hunts with a planted control.

const program = (name: string): string => join(import.meta.dirname, '..', 'programs', 'hunt', `${name}.mjs`)

let folder: string
let before: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stillhere-verify-'))
  before = join(folder, 'before.json')
  await runCommand(['hunt', '--request', '/', '--warmup', '60', '--ops', '31', '--rounds', '3', '--json', before, '--', 'node', program('session-map-leak')])
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const changes = (report: Report): unknown[] => (report.details as { comparison: { change: string }[] }).comparison.map(({ change }) => change)

test('the fixed program: gone, beside a planted leak that was seen', async () => {
  const { code, stdout, stderr } = await runCommand(['verify', '--json', '--before', before, '--', 'node', program('session-map-bounded')])
  expect(stdout, stderr).toMatch(/^\{/)
  const report = v.parse(ReportSchema, JSON.parse(stdout)) as Report
  expect([code, report.verdict, changes(report), report.findings]).toEqual([0, 'healthy', ['gone'], []])
  expect(report.details).toMatchObject({ control: { isSeen: true, plantedRate: 1 }, repeat: { operations: 31, rounds: 3, warmup: 60 } })
}, 60_000)

test('the program as it was: the same at the same rate; the planted leak is not among the findings', async () => {
  const after = join(folder, 'after.json')
  const { code } = await runCommand(['verify', '--json', after, '--before', before, '--', 'node', program('session-map-leak')])
  const report = JSON.parse(readFileSync(after, 'utf8')) as Report
  expect([code, report.verdict, changes(report)]).toEqual([1, 'leak', ['same']])
  expect(report.findings.map(({ subject }) => subject.className)).toEqual(['Session'])
  expect(report.findings[0]!.growth!.count).toBe(1)
  // Two reports, without a run: the same answer, and it says that nothing was planted.
  const compared = await runCommand(['verify', '--json', '--before', before, '--after', after])
  const pair = JSON.parse(compared.stdout) as Report
  expect([compared.code, changes(pair)]).toEqual([1, ['same']])
  expect(pair.notices.map(({ code: notice }) => notice)).toContain('no-control')
}, 60_000)

test('what was not shown does not end with 0', async () => {
  const healthy = join(folder, 'healthy.json')
  writeFileSync(healthy, JSON.stringify({ ...(JSON.parse(readFileSync(before, 'utf8')) as Report), verdict: 'healthy', findings: [] }))
  const { code, stdout } = await runCommand(['verify', '--before', healthy, '--after', healthy])
  expect(stdout).toMatch(/^UNDECIDED.*not shown to be gone/)
  expect(code).toBe(1)
})

test('a hunt that cannot be repeated as it was is refused before anything is started', async () => {
  const report = JSON.parse(readFileSync(before, 'utf8')) as Report
  const repeat = report.details!['repeat'] as object
  const secret = join(folder, 'secret.json')
  writeFileSync(secret, JSON.stringify({ ...report, details: { ...report.details, repeat: { ...repeat, headerNames: ['authorization'] } } }))
  const refused = await runCommand(['verify', '--before', secret, '--', 'node', program('session-map-leak')])
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('authorization')])
  expect((await runCommand(['verify', '--before', program('session-map-leak'), '--', 'node', 'x.js'])).code).toBe(3)
})
