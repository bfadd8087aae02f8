import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Report } from '../../src/model/report.ts'
import { ReportSchema } from '../../src/render/report-schema.ts'
import { runCommand } from '../support/run-command.ts'

// The promise of the readme, on the example: TypeScript, compiled by tsc, hunted as JavaScript.

const root = join(import.meta.dirname, '..', '..')
const service = join(root, 'examples', 'leaking-service')
let home: string

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'stillhere-demo-'))
  execFileSync(join(root, 'node_modules', '.bin', 'tsc'), ['-p', service, '--outDir', join(home, 'dist'), '--sourceRoot', join(service, 'src')], { stdio: 'pipe' })
  execFileSync('cp', [join(service, 'package.json'), home])
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

/** The number of the first line of a source file that holds `words`. */
const lineOf = (file: string, words: string): number => 1 + readFileSync(join(service, 'src', file), 'utf8').split('\n').findIndex((line) => line.includes(words))

test('hunt finds both leaks of the demo, the bigger one first, and names their lines in the TypeScript', async () => {
  const out = join(home, 'out')
  const { code, stdout, stderr } = await runCommand(['hunt', '--json', '--request', '/login', '--ops', '31', '--rounds', '7', '--out', out, '--', 'node', join(home, 'dist', 'server.js')], { cwd: service })
  expect(stderr).toContain('round 7')
  expect(code).toBe(1)
  const report = v.parse(ReportSchema, JSON.parse(stdout)) as Report
  expect(report.verdict).toBe('leak')
  const [sessions, views] = report.findings.filter(({ verdict }) => verdict === 'leak')
  expect([sessions!.category, sessions!.subject.className]).toEqual(['growing-collection', 'Session'])
  expect(sessions!.growth!.count).toBeCloseTo(1, 1)
  // A sampling profile knows the function that allocates, not the line inside it.
  const added = sessions!.allocatedAt!.map(({ file, line }) => `${file}:${line}`)
  expect(added).toContain(`src/session-store.ts:${lineOf('session-store.ts', 'create(id')}`)
  expect(sessions!.paths[0]!.steps.map(({ edgeName }) => edgeName)).toContain('sessions')
  expect(views!.category).toBe('listener')
  expect(views!.paths[0]!.steps.some(({ location }) => location?.file === 'src/preferences.ts' && location.line === lineOf('preferences.ts', "preferences.on('changed'"))).toBe(true)
  // Kept for later, the same report and pictures of both paths.
  expect(readdirSync(out)).toEqual(expect.arrayContaining(['path-1.dot', 'path-1.svg', 'path-2.svg', 'report.json', 'report.md']))
  expect(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8'))).toEqual(JSON.parse(stdout))
}, 120_000)

test('the snapshots it kept go on telling: analyze, diff and why, each in every form', async () => {
  const kept = ['1', '2', '3'].map((name) => join(home, 'out', `${name}.heapsnapshot`))
  const reportOf = async (...args: string[]): Promise<{ code: number | null; report: Report }> => {
    const { code, stdout } = await runCommand([...args, '--json'], { cwd: service })
    return { code, report: v.parse(ReportSchema, JSON.parse(stdout)) as Report }
  }
  const analyzed = await reportOf('analyze', kept.at(-1)!)
  expect([analyzed.code, analyzed.report.verdict]).toEqual([0, 'undecided'])
  expect(analyzed.report.details!['classes']).toEqual(expect.arrayContaining([expect.objectContaining({ className: 'Session' })]))

  const compared = await reportOf('diff', kept[0]!, kept.at(-1)!, '--fail-on', 'suspect')
  expect([compared.code, compared.report.verdict, compared.report.findings[0]!.subject.className]).toEqual([1, 'suspect', 'Session'])

  const why = await reportOf('why', kept.at(-1)!, 'Session')
  expect(why.code).toBe(0)
  const drawn = await runCommand(['why', kept.at(-1)!, 'Session', '--mermaid'], { cwd: service })
  // As many as were served: 200 to warm up and seven rounds of 31.
  expect(drawn.stdout).toContain('Session × 417<br/>')
  expect((await runCommand(['why', kept.at(-1)!, 'Session', '--svg'], { cwd: service })).stdout).toMatch(/^<svg[\s\S]*<\/svg>\n$/)
  expect((await runCommand(['analyze', kept.at(-1)!, '--markdown'], { cwd: service })).stdout).toMatch(/^# UNDECIDED\n/)
  expect(await runCommand(['why', kept.at(-1)!, 'NoSuchClass'], { cwd: service })).toMatchObject({ code: 2, stdout: '' })
}, 120_000)

test('hunt accuses nobody where the same service does healthy work', async () => {
  const { code, stdout } = await runCommand(['hunt', '--json', '--request', '/health', '--', 'node', join(home, 'dist', 'server.js')], { cwd: service })
  const report = v.parse(ReportSchema, JSON.parse(stdout)) as Report
  expect([report.verdict, code]).toEqual(['healthy', 0])
}, 120_000)
