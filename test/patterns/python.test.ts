import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { startRun } from '../../src/base/run.ts'
import { diffHeaps } from '../../src/jobs/diff-heaps.ts'
import { grownOver, missedOf } from '../support/ladder.ts'
import { hasTool } from '../support/tools.ts'
import { EXPECTED_PYTHON } from './expected-python.ts'

// Python programs, whose graphs stillhere.py writes.
const programs = join(import.meta.dirname, '..', 'programs', 'python-patterns')
const helper = join(import.meta.dirname, '..', '..', 'src', 'python')
const names = readdirSync(programs).filter((file) => file.endsWith('.py') && file !== 'run.py').map((file) => file.slice(0, -'.py'.length)).sort()
const folder = mkdtempSync(join(tmpdir(), 'stillhere-python-patterns-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('every Python program has its expected pattern', () => {
  expect(Object.keys(EXPECTED_PYTHON).sort()).toEqual(names)
})

describe.runIf(hasTool('python3'))('graphs of Python', () => {
  const ladder = (kind: 'leak' | 'healthy'): { files: string[]; operations: number[] } => {
    const into = join(folder, kind)
    mkdirSync(into)
    const printed = execFileSync('python3', [join(programs, 'run.py'), kind, into, ...names], {
      env: { ...process.env, PYTHONPATH: helper, PYTHONDONTWRITEBYTECODE: '1' },
      stdio: ['ignore', 'pipe', 'ignore'],
      encoding: 'utf8',
    })
    return { files: [0, 1, 2].map((rung) => join(into, `${rung}.pyheap`)), operations: JSON.parse(printed) as number[] }
  }

  test('each planted leak is found, with its class, and named after its pattern', { timeout: 300_000 }, async () => {
    const { files, operations } = ladder('leak')
    const findings = await grownOver(files, operations)
    expect(missedOf(EXPECTED_PYTHON, findings), JSON.stringify(findings.map(({ pattern, subject }) => [pattern, subject.className]), null, 1)).toEqual([])
    // Nothing else is accused: one finding a program, and the locks on which the threads that never end wait.
    expect(findings.map(({ subject }) => subject.className).filter((name) => name !== '_thread.lock')).toHaveLength(names.length)

    const report = await diffHeaps({ files, version: '0', cwd: folder, classes: 5 }, startRun())
    expect(report.verdict).toBe('leak')
    const kept = report.findings.find(({ pattern }) => pattern === 'errors-kept')
    expect(kept).toMatchObject({ example: { before: expect.stringContaining('except') as string }, advice: expect.stringContaining('traceback') as string })
  })

  test('none of the healthy twins is accused', { timeout: 300_000 }, async () => {
    const { files, operations } = ladder('healthy')
    expect((await grownOver(files, operations)).map(({ pattern, title }) => [pattern, title])).toEqual([])
    expect((await diffHeaps({ files, version: '0', cwd: folder, classes: 5 }, startRun())).verdict).toBe('healthy')
  })
})
