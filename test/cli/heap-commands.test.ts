import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Report } from '../../src/model/report.ts'

const root = join(import.meta.dirname, '..', '..')
const program = join(root, 'test', 'programs', 'patterns', 'run.mjs')
let folder: string
let leak: string[]
let healthy: string[]

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stillhere-commands-'))
  const ladder = (kind: string): string[] => {
    const into = mkdtempSync(join(folder, kind))
    execFileSync(process.execPath, ['--expose-gc', program, kind, into, 'growing-map', 'timer-pile-up'], { stdio: 'ignore' })
    return [0, 1, 2].map((rung) => join(into, `${rung}.heapsnapshot`))
  }
  leak = ladder('leak')
  healthy = ladder('healthy')
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function stillhere(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [join(root, 'src', 'cli', 'main.ts'), ...args], { encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } })
}

const reportOf = (result: { stdout: string }): Report => JSON.parse(result.stdout) as Report

describe('diff', () => {
  test('names both causes per operation and exits with 1', () => {
    const result = stillhere('diff', ...leak, '--ops', '61', '--json')
    expect(result.status, result.stderr).toBe(1)
    const report = reportOf(result)
    expect(report).toMatchObject({ command: 'diff', verdict: 'leak' })
    const told = report.findings.map(({ pattern, subject, growth }) => [pattern, subject.className, growth?.count, growth?.per])
    expect(told.toSorted((a, b) => String(a).localeCompare(String(b)))).toEqual([
      ['growing-map', 'Visit', 1, 'operation'],
      ['timer-pile-up', 'Session', 1, 'operation'],
    ])
    const map = report.findings.find(({ pattern }) => pattern === 'growing-map')!
    const lines = readFileSync(join(root, 'test', 'programs', 'patterns', 'growing-map.mjs'), 'utf8').split('\n')
    expect(lines[map.location!.line - 1]).toContain('const visits = new Map()')
    expect(map.retainedBytes).toBeGreaterThan(61 * 2 * map.growth!.bytes)
  })

  test('counts born, died and survived by class', () => {
    const { details } = reportOf(stillhere('diff', ...leak, '--classes', '5000', '--json'))
    const classes = details!['classes'] as { className: string; born: number; died: number; survived: number }[]
    expect(classes.find(({ className }) => className === 'Visit')).toMatchObject({ before: 131, after: 253, born: 122, died: 0, survived: 131 })
  })

  test('two snapshots make suspects, and say what would decide', () => {
    const report = reportOf(stillhere('diff', leak[0]!, leak[2]!, '--json'))
    expect(report.verdict).toBe('suspect')
    expect(report.wouldDecide).toContain('third snapshot')
  })

  test('the healthy twins are healthy', () => {
    const result = stillhere('diff', ...healthy, '--json')
    expect(result.status).toBe(0)
    expect(reportOf(result)).toMatchObject({ verdict: 'healthy', findings: [] })
  })

  test('one file is refused with the way out', () => {
    const result = stillhere('diff', leak[0]!)
    expect(result.status).toBe(2)
    expect(result.stderr).toContain('expected two or more snapshots')
    expect(result.stderr).toContain('stillhere analyze FILE')
  })
})

describe('why', () => {
  test('a class: the ways its objects are held, equal ones once', () => {
    const report = reportOf(stillhere('why', leak[2]!, 'Visit', '--json'))
    expect(report.findings[0]).toMatchObject({ subject: { className: 'Visit', count: 253 } })
    expect(report.findings[0]!.paths[0]!.steps.map(({ edgeName }) => edgeName)).toContain('visits')
  })

  test('an id and a string in quotes', () => {
    const { findings } = reportOf(stillhere('why', leak[2]!, 'Visit', '--json'))
    const id = findings[0]!.paths[0]!.steps.at(-1)!.nodeId
    expect(reportOf(stillhere('why', leak[2]!, `@${id}`, '--json')).findings[0]!.subject.className).toBe('Visit')
    expect(reportOf(stillhere('why', leak[2]!, '"/page/7"', '--json')).findings[0]!.paths[0]!.steps.at(-1)!.nodeKind).toMatch(/string/)
  })

  test('pictures', () => {
    expect(stillhere('why', leak[2]!, 'Visit', '--dot').stdout).toMatch(/^digraph[\s\S]*visits/)
    expect(stillhere('why', leak[2]!, 'Visit', '--mermaid').stdout).toMatch(/^flowchart/)
    expect(stillhere('why', leak[2]!, 'Visit', '--svg').stdout).toContain('<svg')
  })

  test('nothing of the name: exit 2 and how to find names', () => {
    const result = stillhere('why', leak[2]!, 'NoSuchClass')
    expect(result.status).toBe(2)
    expect(result.stderr).toContain('stillhere analyze FILE')
  })
})

describe('analyze', () => {
  test('says how much there is and that big is not leaking', () => {
    const result = stillhere('analyze', leak[2]!, '--json')
    expect(result.status, result.stderr).toBe(0)
    const report = reportOf(result)
    expect(report.verdict).toBe('undecided')
    expect(report.wouldDecide).toContain('stillhere diff')
    const classes = report.details!['classes'] as { className: string }[]
    expect(classes.length).toBe(25)
  })

  test('a damaged file ends with 3 and a position', () => {
    const result = stillhere('analyze', join(root, 'package.json'))
    expect(result.status).toBe(3)
    expect(result.stderr).toContain('package.json')
  })
})
