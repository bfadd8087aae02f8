import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compiledPackage } from '../support/compiled-package.ts'
import { NODE_VERSIONS, nodeBinary } from '../support/node-binaries.ts'
import type { NodeMajor } from '../support/node-binaries.ts'

const program = join(import.meta.dirname, 'programs', 'explained.mjs')
const majors = Object.keys(NODE_VERSIONS).map(Number) as NodeMajor[]
const scratch = mkdtempSync(join(tmpdir(), 'stillhere-explaining-'))
let library = ''

beforeAll(() => {
  library = join(compiledPackage().dist, 'in-process', 'should-go-away.js')
})

afterAll(() => rmSync(scratch, { recursive: true, force: true }))

interface Result {
  outcome: string
  reason?: string
  folder?: string
  message: string
  findings: { labels: string[]; tickets: number; pattern: string; verdict: string; suspects: number; places: number; watchedAt: boolean; text: string }[]
}

async function run(major: NodeMajor, args: readonly string[]): Promise<Result> {
  const { stdout } = await promisify(execFile)(nodeBinary(major), args, { maxBuffer: 64 * 1024 * 1024, timeout: 90_000 })
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Result
}

describe.each(majors)('on Node %i', (major) => {
  test('each way of being held is one finding, with its path, its line and where the watch was asked for', async () => {
    const { outcome, findings, message } = await run(major, [program, library, 'plain'])
    expect(outcome).toBe('explained')
    expect(message).toMatch(/^4 × "map", 4 × "listener", 4 × "timer", 4 × "array" should have gone away, but are still here\.$/)
    const found = new Map<string, Result['findings']>()
    for (const finding of findings) found.set(finding.labels.join(), [...(found.get(finding.labels.join()) ?? []), finding])
    const patterns = Object.fromEntries([...found].map(([labels, list]) => [labels, [...new Set(list.map((finding) => finding.pattern))]]))
    expect(patterns).toEqual({ map: ['growing-map'], listener: ['listener-pile-up'], timer: ['timer-pile-up'], array: ['growing-array'] })
    // Timers of one list hold each other, so that they may be held in two ways.
    expect(findings.reduce((sum, finding) => sum + finding.tickets, 0)).toBe(16)
    for (const finding of findings) {
      expect(finding).toMatchObject({ verdict: 'leak', watchedAt: true })
      expect(finding.suspects).toBeGreaterThan(0)
      expect(finding.places).toBeGreaterThan(0)
      expect(finding.text).toContain('~')
    }
  })

  test('what the console of an attached inspector holds is named as such', async () => {
    const { findings } = await run(major, [program, library, 'inspector'])
    const logged = findings.find((finding) => finding.labels.includes('console'))
    expect(logged).toMatchObject({ pattern: 'held-by-debugger', verdict: 'healthy', tickets: 4 })
  })
})

test('each finding is also written as text, DOT and SVG', async () => {
  const folder = join(scratch, 'report')
  const { findings, folder: told } = await run(24, [program, library, 'plain', folder])
  expect(told).toBe(folder)
  expect(readdirSync(folder).toSorted()).toEqual(['report.json', 'report.md', ...findings.flatMap((_, index) => [`path-${index + 1}.dot`, `path-${index + 1}.svg`])].toSorted())
})

test('a folder that cannot be written costs the pictures, not the answer', async () => {
  const file = join(scratch, 'a-file')
  writeFileSync(file, '')
  const result = await run(24, [program, library, 'plain', join(file, 'below')])
  expect(result.outcome).toBe('explained')
  expect(result.folder).toBeUndefined()
  expect(result.reason).toContain('a-file')
  expect(existsSync(join(file, 'below'))).toBe(false)
})

test.each([22, 24, 26] as const)('under the permission model of Node %i the watches work, and the missing flag is named', async (major) => {
  const flag = major === 22 ? '--experimental-permission' : '--permission'
  const result = await run(major, [flag, '--allow-fs-read=*', program, library, 'plain'])
  expect(result.outcome).toBe('failed')
  expect(result.reason).toContain('--allow-child-process')
})
