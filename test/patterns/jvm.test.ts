import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { diffHeaps } from '../../src/jobs/diff-heaps.ts'
import { startRun } from '../../src/base/run.ts'
import { hasTool } from '../support/tools.ts'
import { grownOver, missedOf } from '../support/ladder.ts'
import { EXPECTED_JVM } from './expected-jvm.ts'

// Java programs, compiled here, and dumped by `jcmd` of the JDK that is installed.
const programs = join(import.meta.dirname, '..', 'programs', 'jvm')
const names = readdirSync(programs).filter((file) => file.endsWith('.java') && file !== 'Run.java').map((file) => file.slice(0, -'.java'.length)).sort()
const folder = mkdtempSync(join(tmpdir(), 'stillhere-jvm-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('every Java program has its expected pattern', () => {
  expect(Object.keys(EXPECTED_JVM).sort()).toEqual(names)
})

describe.runIf(hasTool('javac') && hasTool('jcmd'))('heap dumps of a JVM', () => {
  const ladder = (kind: 'leak' | 'healthy'): { files: string[]; operations: number[] } => {
    const into = join(folder, kind)
    mkdirSync(into)
    const printed = execFileSync('java', ['-cp', folder, 'Run', kind, into, ...names], { stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' })
    return { files: [0, 1, 2].map((rung) => join(into, `${rung}.hprof`)), operations: JSON.parse(printed) as number[] }
  }
  beforeAll(() => {
    execFileSync('javac', ['-nowarn', '-encoding', 'UTF-8', '-d', folder, ...readdirSync(programs).map((file) => join(programs, file))], { stdio: 'ignore' })
  }, 120_000)

  test('each planted leak is found, with its class, and named after its pattern', { timeout: 300_000 }, async () => {
    const { files, operations } = ladder('leak')
    const findings = await grownOver(files, operations)
    expect(missedOf(EXPECTED_JVM, findings), JSON.stringify(findings.map(({ pattern, subject }) => [pattern, subject.className]), null, 1)).toEqual([])
    // Nothing else is accused: one finding a program.
    expect(findings).toHaveLength(names.length)

    const report = await diffHeaps({ files, version: '0', cwd: folder, classes: 5 }, startRun())
    expect(report.verdict).toBe('leak')
    expect(report.findings[0]).toMatchObject({ pattern: 'class-loader-kept', advice: expect.stringContaining('undeployed') as string })
    expect(report.notices.map(({ code }) => code)).toContain('no-lasting-ids')

    // Two dumps show one step: the same holder, and no more than a suspicion.
    const two = await diffHeaps({ files: files.slice(0, 2), version: '0', cwd: folder, classes: 5 }, startRun())
    expect(two.findings[0]).toMatchObject({ verdict: 'suspect', pattern: 'class-loader-kept', fingerprint: report.findings[0]!.fingerprint })
  })

  test('none of the healthy twins is accused', { timeout: 300_000 }, async () => {
    const { files, operations } = ladder('healthy')
    expect((await grownOver(files, operations)).map(({ pattern, title }) => [pattern, title])).toEqual([])
    expect((await diffHeaps({ files, version: '0', cwd: folder, classes: 5 }, startRun())).verdict).toBe('healthy')
  })
})
