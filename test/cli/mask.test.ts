import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
let folder: string
let ladder: string[]

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stillhere-mask-'))
  execFileSync(process.execPath, ['--expose-gc', join(root, 'test', 'programs', 'patterns', 'run.mjs'), 'leak', folder, 'growing-map', 'timer-pile-up'], { stdio: 'ignore' })
  ladder = [0, 1, 2].map((rung) => join(folder, `${rung}.heapsnapshot`))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Names those programs gave: a class, a variable, files, the folder of the snapshots. */
const NAMES = /\bVisit\b|\bvisits\b|growing-map\.mjs|timer-pile-up\.mjs|run\.mjs|stillhere-mask-|\bSession\b/g
const told = (text: string): string[] => [...new Set(text.match(NAMES))]

function stillhere(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [join(root, 'src', 'cli', 'main.ts'), ...args], { encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } })
}

test('diff: no form of the report, nor what is written beside it, names the program', () => {
  const plain = stillhere('diff', ...ladder, '--json')
  expect(told(plain.stdout).length).toBeGreaterThan(4)
  const out = join(folder, 'out')
  const masked = stillhere('diff', ...ladder, '--json', '--mask', '--out', out)
  expect(masked.status, masked.stderr).toBe(1)
  expect(told(masked.stdout)).toEqual([])
  expect(masked.stdout.length).toBeGreaterThan(plain.stdout.length / 2)
  for (const file of readdirSync(out)) expect(told(readFileSync(join(out, file), 'utf8')), file).toEqual([])
  const fingerprints = (text: string): string[] => (JSON.parse(text) as { findings: { fingerprint: string }[] }).findings.map(({ fingerprint }) => fingerprint)
  expect(fingerprints(masked.stdout)).toEqual(fingerprints(plain.stdout))
})

test('analyze, the picture of why, and what is exported name it neither', () => {
  expect(told(stillhere('analyze', ladder[2]!, '--mask', '--markdown').stdout)).toEqual([])
  const drawn = stillhere('why', ladder[2]!, 'Visit', '--dot', '--mask').stdout
  expect(drawn).toContain('Class1')
  expect(told(drawn)).toEqual([])
  const folded = join(folder, 'held.txt')
  expect(stillhere('export', ladder[2]!, '--as', 'folded', '--out', folded, '--mask').status).toBe(0)
  expect(readFileSync(folded, 'utf8')).toMatch(/Map;/)
  expect(told(readFileSync(folded, 'utf8'))).toEqual([])
})
