import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SaxesParser } from 'saxes'
import { compiledPackage } from '../support/compiled-package.ts'

const root = join(import.meta.dirname, '..', '..')
let place = ''
let command = ''

beforeAll(() => {
  const { home, dist } = compiledPackage()
  place = mkdtempSync(join(home, 'gate-'))
  cpSync(join(root, 'examples', 'node-test'), place, { recursive: true })
  command = join(dist, 'cli', 'main.js')
})

afterAll(() => rmSync(place, { recursive: true, force: true }))

function gate(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<{ code: number; stdout: string; stderr: string }> {
  const { GITHUB_ACTIONS: _actions, NODE_OPTIONS: _options, ...clean } = process.env
  return new Promise((resolve) => {
    execFile(process.execPath, [command, 'test', ...args], { cwd: place, env: { ...clean, ...env }, timeout: 110_000 }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1, stdout, stderr })
    })
  })
}

interface Gated {
  verdict: string
  summary: string
  findings: { fingerprint: string; verdict: string }[]
}

test('new leaks fail, known ones pass until their day, and fixed ones are taken out', async () => {
  const first = await gate(['--json', '--junit', 'leaks.xml', '--sarif', 'leaks.sarif', '--github', '--', process.execPath, '--test'])
  expect(first.code).toBe(1)
  const report = JSON.parse(first.stdout) as Gated
  // The example's two leaking tests hold a panel by one listener and by a list of two: two shapes of one mistake.
  expect(report.verdict).toBe('leak')
  expect(report.findings.length).toBeGreaterThan(0)

  // JUnit: well-formed, one failure for each leak.
  const counts = new Map<string, number>()
  const parser = new SaxesParser()
  parser.on('opentag', (tag) => counts.set(tag.name, (counts.get(tag.name) ?? 0) + 1))
  parser.on('error', (error) => {
    throw error
  })
  parser.write(readFileSync(join(place, 'leaks.xml'), 'utf8')).close()
  expect(counts.get('failure')).toBe(report.findings.length)

  // SARIF: every place relative, with a line; our fingerprint as partial fingerprint.
  const sarif = JSON.parse(readFileSync(join(place, 'leaks.sarif'), 'utf8')) as { version: string; runs: { results: { ruleId: string; partialFingerprints: Record<string, string>; locations: { physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number } } }[] }[] }[] }
  expect(sarif.version).toBe('2.1.0')
  expect(sarif.runs[0]!.results.map((result) => result.partialFingerprints['stillhere/v1'])).toEqual(report.findings.map((finding) => finding.fingerprint))
  const listener = readFileSync(join(place, 'panel.mjs'), 'utf8').split('\n').findIndex((line) => line.includes("bus.on('resize', () =>")) + 1
  expect(sarif.runs[0]!.results[0]!.locations[0]!.physicalLocation).toMatchObject({ artifactLocation: { uri: 'panel.mjs' }, region: { startLine: listener } })
  expect(first.stderr).toContain(`::error file=panel.mjs,line=${listener},`)

  const taken = await gate(['--update-baseline', '--reason', 'ticket 812', '--expires', '2999-01-31', '--', process.execPath, '--test'])
  expect(taken.stderr).toContain('taken up, 0 taken out')
  const known = await gate(['--json', '--', process.execPath, '--test'])
  expect(known.stderr).not.toContain('fail 1')
  expect({ code: known.code, verdict: (JSON.parse(known.stdout) as Gated).verdict }).toEqual({ code: 0, verdict: 'healthy' })

  const baseline = readFileSync(join(place, 'stillhere-baseline.json'), 'utf8')
  writeFileSync(join(place, 'stillhere-baseline.json'), baseline.replaceAll('2999-01-31', '2020-01-31'))
  const expired = await gate(['--json', '--', process.execPath, '--test'])
  expect(expired.code).toBe(1)
  expect((JSON.parse(expired.stdout) as Gated).summary).toContain('their day has passed')

  // Fixed: the program no longer leaks.
  writeFileSync(join(place, 'panel.mjs'), readFileSync(join(place, 'panel.mjs'), 'utf8').replace("bus.on('resize', () => this.render())", ''))
  const fixed = await gate(['--json', '--update-baseline', '--reason', 'none', '--', process.execPath, '--test'])
  expect(fixed.code).toBe(0)
  expect((JSON.parse(fixed.stdout) as Gated).summary).toContain('fixed since the baseline was written')
  expect(JSON.parse(readFileSync(join(place, 'stillhere-baseline.json'), 'utf8'))).toEqual({ schema: 1, leaks: [] })
}, 240_000)

test('a baseline that is none, a report that is none and a command that is missing are said', async () => {
  writeFileSync(join(place, 'odd.json'), '{ "schema": 1, "leaks": [{ "fingerprint": "x", "title": "y", "reason": "z", "expires": "soon" }] }')
  const odd = await gate(['--baseline', 'odd.json', '--', process.execPath, '-e', ''])
  expect([odd.code, odd.stderr]).toEqual([3, expect.stringContaining('leaks.0.expires') as string])
  writeFileSync(join(place, 'no-report.json'), '[]')
  expect((await gate(['--baseline', 'none.json', '--report', 'no-report.json'])).code).toBe(3)
  expect((await gate([])).code).toBe(2)
  expect((await gate(['--baseline', 'none.json', '--', '/no/such/command'])).code).toBe(4)
})
