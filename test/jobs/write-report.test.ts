import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Cancelled, StoreError } from '../../src/base/errors.ts'
import { startRun } from '../../src/base/run.ts'
import { keepReport, NOT_KEPT, writeReport } from '../../src/jobs/write-report.ts'
import { exampleReport } from '../support/example-report.ts'

let home: string
beforeEach(() => void (home = mkdtempSync(join(tmpdir(), 'stillhere-report-'))))
afterEach(() => rmSync(home, { recursive: true, force: true }))

test('report.json, report.md and a picture of each path are written, and nothing else stays', async () => {
  const out = join(home, 'deep', 'out')
  const written = await writeReport(exampleReport(), out, startRun())
  expect(written).toEqual(['report.json', 'report.md', 'path-1.dot', 'path-1.svg'].map((name) => join(out, name)))
  expect(readdirSync(out).sort()).toEqual(['path-1.dot', 'path-1.svg', 'report.json', 'report.md'])
  expect(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8'))).toEqual(JSON.parse(JSON.stringify(exampleReport())))
  expect(readFileSync(join(out, 'path-1.svg'), 'utf8')).toContain('Session')
})

test('a place where nothing can be written ends in a store error that names it', async () => {
  writeFileSync(join(home, 'taken'), '')
  await expect(writeReport(exampleReport(), join(home, 'taken'), startRun())).rejects.toThrow(StoreError)
  mkdirSync(join(home, 'out', 'report.md'), { recursive: true })
  await expect(writeReport(exampleReport(), join(home, 'out'), startRun())).rejects.toThrow(/report\.md: rename/)
  expect(readdirSync(join(home, 'out')).sort()).toEqual(['report.json', 'report.md'])
})

test('a report that took minutes is not lost where it cannot be kept: a notice says why', async () => {
  mkdirSync(join(home, 'out', 'report.md'), { recursive: true })
  const report = await keepReport(exampleReport(), join(home, 'out'), startRun())
  expect(report.findings).toEqual(exampleReport().findings)
  expect(report.notices.at(-1)).toMatchObject({ code: NOT_KEPT, message: expect.stringContaining('report.md: rename') })
  expect(await keepReport(exampleReport(), join(home, 'good'), startRun())).toEqual(exampleReport())
})

test('stopped half-way it leaves only whole files', async () => {
  const stop = new AbortController()
  const run = startRun({ signal: stop.signal, onProgress: () => stop.abort() })
  await expect(writeReport(exampleReport(), home, run)).rejects.toThrow(Cancelled)
  expect(readdirSync(home)).toEqual([])
})
