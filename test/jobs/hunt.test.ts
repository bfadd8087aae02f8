import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Report } from '../../src/model/report.ts'
import { ReportSchema } from '../../src/render/report-schema.ts'
import { type CommandResult, runCommand } from '../support/run-command.ts'

// Whole hunts of small programs, leaking and healthy: test/programs/hunt/.

const PROGRAMS = join(import.meta.dirname, '..', 'programs', 'hunt')
const program = (name: string): string => join(PROGRAMS, `${name}.mjs`)

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stillhere-hunt-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function reportOf({ stdout, stderr }: CommandResult): Report {
  expect(stdout, stderr).toMatch(/^\{/)
  const report: unknown = JSON.parse(stdout)
  v.parse(ReportSchema, report)
  return report as Report
}

/** A line of a program; lines count from 1. */
function lineOf(name: string, line: number): string | undefined {
  return readFileSync(program(name), 'utf8').split('\n')[line - 1]
}

async function hunt(...args: string[]): Promise<Report> {
  return reportOf(await runCommand(['hunt', '--json', ...args]))
}

test('a leaking server: verdict, holder, line, exact counts, and everything kept', async () => {
  const out = join(folder, 'kept')
  const result = await runCommand(['hunt', '--json', '--request', '/', '--warmup', '150', '--ops', '53', '--rounds', '5', '--out', out, '--', 'node', program('session-map-leak')])
  const report = reportOf(result)
  expect([result.code, report.verdict]).toEqual([1, 'leak'])
  const [first] = report.findings
  expect(first).toMatchObject({ category: 'growing-collection', subject: { className: 'Session' }, growth: { per: 'operation' } })
  expect(first!.growth!.count).toBe(1)
  expect(first!.paths[0]!.steps.map((step) => step.nodeName)).toContain('Map')
  expect(first!.allocatedAt?.some(({ file, line }) => file.endsWith('session-map-leak.mjs') && line >= 5 && line <= 15)).toBe(true)
  expect(lineOf('session-map-leak', first!.addedAt![0]!.line)).toContain('sessions.set(')
  const { rounds, snapshots } = report.details as { rounds: { requests: number }[]; snapshots: { afterRequests: number }[] }
  expect(rounds.map(({ requests }) => requests)).toEqual([150, 53, 53, 53, 53, 53])
  expect(snapshots.map(({ afterRequests }) => afterRequests)).toEqual([150, 150 + 2 * 53, 150 + 5 * 53])
  const kept = readdirSync(out)
  for (const name of ['1.heapsnapshot', '2.heapsnapshot', '3.heapsnapshot', 'allocations.heapprofile', 'report.json', 'report.md', 'path-1.dot', 'path-1.svg']) expect(kept).toContain(name)
  expect(kept.filter((name) => /part/.test(name))).toEqual([])
  expect((JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as Report).verdict).toBe('leak')
})

test('what piles up on a connection and goes when it is closed is told, of the healthy twin nothing', { timeout: 180_000 }, async () => {
  const notices = async (...args: string[]): Promise<string[]> => (await hunt('--request', '/', '--warmup', '50', '--ops', '31', '--', 'node', program('socket-listeners'), ...args)).notices.map(({ code }) => code)
  expect(await notices()).toContain('kept-by-connections')
  expect(await notices('removed')).not.toContain('kept-by-connections')
})

test('memory that only the process has grows: a native leak, and its healthy twin', { timeout: 180_000 }, async () => {
  const args = ['--request', '/', '--warmup', '50', '--ops', '53', '--rounds', '13', '--', 'node', program('native-leak')]
  const leak = await hunt(...args)
  expect([leak.verdict, leak.findings[0]?.pattern]).toEqual(['leak', 'native-rises'])
  expect(leak.findings[0]!.growth!.bytes).toBeGreaterThan(150_000)
  expect(leak.findings[0]!.growth!.bytes).toBeLessThan(300_000) // ten texts of 20 kB
  const twin = reportOf(await runCommand(['hunt', '--json', ...args], { env: { BOUND: '1' } }))
  expect([twin.verdict, twin.findings]).toEqual(['healthy', []])
})

test('a table of plain numbers, enlarged in leaps, is caught where it is written', async () => {
  const report = await hunt('--request', '/', '--warmup', '200', '--ops', '101', '--rounds', '9', '--', 'node', program('number-table-leak'))
  expect(report.verdict).toBe('leak')
  expect(lineOf('number-table-leak', report.findings[0]!.addedAt![0]!.line)).toContain('counts.set(')
})

test('its healthy twin, behind a shell', async () => {
  const report = await hunt('--request', '/', '--', 'sh', '-c', `node ${program('session-map-bounded')}; true`)
  expect([report.verdict, report.findings]).toEqual(['healthy', []])
})

test('a program that counts its own work: operations are read off its output', async () => {
  const report = await hunt('--request', '/never', '--ops', '150', '--rounds', '7', '--', 'node', program('counting-worker-leak'))
  expect(report.verdict).toBe('leak')
  expect(report.findings[0]).toMatchObject({ subject: { className: 'Result' }, growth: { per: 'operation' } })
  expect(report.findings[0]!.growth!.count).toBeCloseTo(1, 0)
  expect(report.notices.map(({ code }) => code)).toContain('works-by-itself')
})

test('a program that says nothing: rounds are time', async () => {
  const report = await hunt('--every', '400ms', '--rounds', '7', '--', 'node', program('silent-worker-leak'))
  expect(report.verdict).toBe('leak')
  expect(report.findings[0]).toMatchObject({ category: 'listener', growth: { per: 'second' } })
})

test('what goes away late, and a cache that is full in the end, are no leaks', { timeout: 120_000 }, async () => {
  expect((await hunt('--request', '/', '--', 'node', program('expiring-entries'))).verdict).toBe('healthy')
  expect((await hunt('--request', '/', '--', 'node', program('filling-cache'))).verdict).toBe('healthy')
})

test('a program that forks is measured where it was started, and the report says so', async () => {
  const report = await hunt('--request', '/', '--rounds', '2', '--ops', '7', '--warmup', '7', '--', 'node', program('forking'))
  expect(report.notices.find(({ code }) => code === 'other-node-processes')?.message).toMatch(/only pid \d+ was measured.*--pid \d+/)
})

test('objects that are only logged are not held by our looking at them', async () => {
  const report = await hunt('--request', '/', '--rounds', '7', '--', 'node', program('logging-server'))
  expect(report.verdict).toBe('healthy')
  expect(report.notices.filter(({ message }) => /inspector/.test(message))).toEqual([])
})

test('an operation of one’s own is set up, repeated exactly, and torn down', async () => {
  const log = join(folder, 'operation.log')
  const module = join(folder, 'operation.mjs')
  writeFileSync(
    module,
    `import { appendFileSync } from 'node:fs'
     export const setup = ({ url }) => appendFileSync(${JSON.stringify(log)}, 'setup ' + /^http:..127/.test(url) + '\\n')
     let done = 0
     export const operation = async ({ url, number }) => { done++; await (await fetch(url + '/' + number)).text() }
     export const teardown = () => appendFileSync(${JSON.stringify(log)}, 'teardown after ' + done + '\\n')`,
  )
  const report = await hunt('--no-catch', '--op', module, '--warmup', '30', '--ops', '23', '--rounds', '5', '--', 'node', program('session-map-leak'))
  expect(report.findings[0]).toMatchObject({ subject: { className: 'Session' }, growth: { count: 1 } })
  expect(readFileSync(log, 'utf8')).toBe(`setup true\nteardown after ${30 + 5 * 23}\n`)
})

test('a program that runs already is looked at, left running, and its inspector closed again', async () => {
  // SIGUSR1 opens the inspector on its own port here, so that several tests can do this at once.
  const running = spawn('node', ['--inspect-port=0', program('session-map-leak')], { stdio: ['ignore', 'pipe', 'pipe'] })
  try {
    let said = ''
    running.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
    const [line] = await new Promise<string[]>((resolve) => running.stdout.once('data', (data: Buffer) => resolve(String(data).split('\n'))))
    const port = line!.replace('listening ', '')
    const report = await hunt('--pid', String(running.pid), '--request', '/', '--warmup', '50', '--ops', '31', '--rounds', '3')
    expect(report.verdict).toBe('leak')
    // A method in front of another is all that is done to a program that is not ours.
    expect(lineOf('session-map-leak', report.findings[0]!.addedAt![0]!.line)).toContain('sessions.set(')
    expect((report.details as { operation: string }).operation).toBe(`http://127.0.0.1:${port}/`)
    const snapshot = join(folder, 'running.heapsnapshot')
    const taken = await runCommand(['snapshot', '--pid', String(running.pid), '--out', snapshot])
    expect([taken.code, existsSync(snapshot)]).toEqual([0, true])
    await expect.poll(() => said.match(/Debugger ending/g)?.length).toBe(2)
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toMatch(/^visitor-/)
    expect(running.exitCode).toBeNull()
  } finally {
    running.kill()
  }
})
