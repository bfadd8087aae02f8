import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { grownOver } from '../support/ladder.ts'
import { hasTool } from '../support/tools.ts'

// A Go program, whose heap dumps name objects by the line that made them.
const folder = mkdtempSync(join(tmpdir(), 'stillhere-go-patterns-'))
const program = join(folder, 'program')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.runIf(hasTool('go'))('heap dumps of Go', () => {
  beforeAll(() => {
    execFileSync('go', ['build', '-o', program, join(import.meta.dirname, '..', 'programs', 'go-patterns', 'main.go')], { stdio: 'ignore', env: { ...process.env, CGO_ENABLED: '0' } })
  }, 180_000)
  const findingsOf = async (kind: 'leak' | 'healthy') => {
    const into = join(folder, kind)
    mkdirSync(into)
    execFileSync(program, [kind, into], { stdio: 'ignore' })
    return grownOver([0, 1, 2].map((rung) => join(into, `${rung}.goheap`)), [131, 192, 253])
  }

  test('a map and a slice in package variables, and goroutines that wait, are named', { timeout: 120_000 }, async () => {
    const findings = await findingsOf('leak')
    const told = (pattern: string, maker: string): boolean => findings.some((each) => each.verdict === 'leak' && each.pattern === pattern && JSON.stringify(each).includes(`main.${maker} `))
    expect(told('growing-global', 'newOrder'), JSON.stringify(findings.map(({ pattern, title }) => [pattern, title]))).toBe(true)
    expect(told('growing-global', 'newEvent')).toBe(true)
    expect(told('threads-never-end', 'newJob')).toBe(true)
    expect(findings.every(({ pattern }) => pattern === 'growing-global' || pattern === 'threads-never-end')).toBe(true)
    expect(findings.find(({ pattern }) => pattern === 'growing-global')?.advice).toContain('slices.Clone')
  })

  test('the healthy twins are not accused', { timeout: 120_000 }, async () => {
    expect((await findingsOf('healthy')).map(({ pattern, title }) => [pattern, title])).toEqual([])
  })
})
