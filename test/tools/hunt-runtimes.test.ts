import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Report } from '../../src/model/report.ts'
import { ReportSchema } from '../../src/render/report-schema.ts'
import { runCommand } from '../support/run-command.ts'

/** Whole hunts and snapshots of programs of Java, Python and Go, leaking and healthy: test/programs/runtimes/. */

const PROGRAMS = join(import.meta.dirname, '..', 'programs', 'runtimes')
const HELPER = join(import.meta.dirname, '..', '..', 'src', 'python')
const FEW = ['--warmup', '160', '--ops', '53', '--rounds', '7']

function has(command: string): boolean {
  const found = spawnSync('sh', ['-c', `command -v ${command}`]).status === 0
  if (!found && process.env['STILLHERE_REQUIRE_TOOLS'] !== undefined) throw new Error(`${command} is required and not installed`)
  return found
}

let folder: string
const started: ChildProcess[] = []
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stillhere-runtimes-'))
})
afterAll(() => {
  for (const program of started) program.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

async function hunt(...args: string[]): Promise<Report> {
  const { stdout, stderr } = await runCommand(['hunt', '--json', '--request', '/', ...args], { cwd: PROGRAMS })
  expect(stdout, stderr).toMatch(/^\{/)
  const report: unknown = JSON.parse(stdout)
  v.parse(ReportSchema, report)
  return report as Report
}

/** A program that prints where it listens; the port, and its pid. */
async function start(command: string, args: readonly string[], env: Record<string, string> = {}): Promise<{ pid: number; port: number }> {
  const program = spawn(command, args, { cwd: PROGRAMS, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] })
  started.push(program)
  const line = await new Promise<string>((resolve, reject) => {
    let text = ''
    program.stdout.on('data', (data: Buffer) => {
      text += data.toString()
      if (text.includes('\n')) resolve(text)
    })
    program.once('exit', (code) => reject(new Error(`${command} ended with ${code}`)))
  })
  return { pid: program.pid!, port: Number(/(\d+)\s*$/.exec(line)?.[1]) }
}

async function ask(port: number, times: number): Promise<void> {
  for (let time = 0; time < times; time++) await (await fetch(`http://127.0.0.1:${port}/`)).text()
}

describe.runIf(has('python3'))('Python', () => {
  test('a leaking server, started with nothing but its own command: verdict, holder, lines', { timeout: 120_000 }, async () => {
    const report = await hunt(...FEW, '--', 'python3', 'python/session_leak.py')
    expect(report.verdict).toBe('leak')
    const [first] = report.findings
    expect(first).toMatchObject({ subject: { className: 'Session' }, growth: { count: 1, per: 'operation' } })
    // one Session, its bytearray of 2000 bytes and its key; the machine adds little
    expect(first!.growth!.bytes).toBeGreaterThan(2000)
    expect(first!.growth!.bytes).toBeLessThan(2600)
    expect(first!.paths[0]!.steps.map(({ edgeName }) => edgeName)).toContain('SESSIONS')
    expect(first!.location).toMatchObject({ file: 'python/session_leak.py', line: 12 })
    expect(first!.reasons.map(({ text }) => text).join(' ')).toContain('session_leak.py:16')
    expect(first!.allocatedAt?.[0]).toEqual({ file: 'python/session_leak.py', line: 9 })
    expect(report.sources[0]).toMatchObject({ runtime: 'cpython' })
  })

  test('its healthy twin, whose sessions only the collector frees, behind a shell', { timeout: 120_000 }, async () => {
    const report = await hunt(...FEW, '--runtime', 'python', '--', 'sh', '-c', 'python3 python/session_bounded.py; true')
    expect([report.verdict, report.findings]).toEqual(['healthy', []])
  })

  test('a program sees neither the way the helper came nor another environment, and its own sitecustomize runs', () => {
    const own = mkdtempSync(join(folder, 'site-'))
    cpSync(join(PROGRAMS, 'python', 'own_sitecustomize.py'), join(own, 'sitecustomize.py'))
    const script = 'import sys, json; print(json.dumps([sys.path, "stillhere" in sys.modules, sys.modules["sitecustomize"].OWN]))'
    const env = { ...process.env, PYTHONPATH: [join(HELPER, 'brought-along'), own].join(':'), STILLHERE_ANSWER_IN: own, PYTHONDONTWRITEBYTECODE: '1' }
    const [path, isThere, isOwn] = JSON.parse(execFileSync('python3', ['-c', script], { env, encoding: 'utf8' })) as [string[], boolean, boolean]
    expect([isThere, isOwn]).toEqual([true, true])
    expect(path.filter((entry) => entry.startsWith(HELPER))).toEqual([])
    expect(readdirSync(own).filter((name) => name.endsWith('.sock'))).toEqual([])
  })

  test('a snapshot of one that has the helper; one that has not is left alone', { timeout: 60_000 }, async () => {
    const asked = await start('python3', ['-m', 'stillhere', 'python/session_leak.py'], { PYTHONPATH: HELPER, STILLHERE_DIR: folder, PYTHONUNBUFFERED: '1' })
    await ask(asked.port, 25)
    const out = join(folder, 'a.pyheap.gz')
    const taken = await runCommand(['snapshot', String(asked.pid), '--out', out, '--json'])
    expect(taken.stderr + taken.stdout).toContain('"path"')
    const why = await runCommand(['why', out, 'Session', '--json'])
    expect(why.stdout).toContain('25')
    await ask(asked.port, 40)
    const later = join(folder, 'b.pyheap.gz')
    await runCommand(['snapshot', String(asked.pid), '--out', later])
    const grown = JSON.parse((await runCommand(['diff', out, later, '--ops', '40', '--json'], { cwd: PROGRAMS })).stdout) as Report
    expect(grown.findings[0]).toMatchObject({ subject: { className: 'Session' }, growth: { count: 1 }, location: { file: 'python/session_leak.py', line: 12 } })
    expect(readdirSync(folder).filter((name) => /^stillhere-\d+-\d+/.test(name))).toEqual([])
    const bare = await start('python3', ['-u', 'python/session_leak.py'])
    const refused = await runCommand(['snapshot', String(bare.pid), '--out', join(folder, 'none.pyheap.gz')])
    expect([refused.code, refused.stderr]).toEqual([4, expect.stringContaining('python3 -m stillhere')])
    await ask(bare.port, 1) // still there
  })
})

describe.runIf(has('javac') && has('java'))('Java', () => {
  const java = ['java', '-Xmx128m', '-Dsun.net.httpserver.nodelay=true', '-cp']
  beforeAll(() => {
    execFileSync('javac', ['-d', folder, ...readdirSync(join(PROGRAMS, 'java')).map((name) => join(PROGRAMS, 'java', name))])
  })

  test('a leaking server, attached to: verdict, holder, line', { timeout: 120_000 }, async () => {
    const report = await hunt(...FEW, '--', ...java, folder, 'SessionLeak')
    expect(report.verdict).toBe('leak')
    const [first] = report.findings
    expect(first).toMatchObject({ subject: { className: 'SessionLeak$Session' }, growth: { count: 1, per: 'operation' } })
    expect(first!.growth!.bytes).toBeGreaterThan(2016)
    expect(first!.growth!.bytes).toBeLessThan(2500)
    expect(first!.paths[0]!.steps.map(({ edgeName }) => edgeName)).toContain('SESSIONS')
    expect(first!.location).toEqual({ file: 'java/SessionLeak.java', line: 14 })
    expect(first!.allocatedAt).toEqual([{ file: 'java/SessionLeak.java', line: 17 }])
    expect(first!.reasons.map(({ text }) => text).join(' ')).toContain('SessionLeak.java:17')
    expect(report.sources[0]).toMatchObject({ runtime: 'jvm' })
  })

  test('its healthy twin', { timeout: 120_000 }, async () => {
    const report = await hunt(...FEW, '--', ...java, folder, 'SessionBounded')
    expect([report.verdict, report.findings]).toEqual(['healthy', []])
  })

  test('a snapshot of one that runs: histogram and dump, whole; one that cannot be attached to is left alone', { timeout: 60_000 }, async () => {
    const { pid, port } = await start('java', [...java.slice(1), folder, 'SessionLeak'])
    await ask(port, 25)
    const out = join(folder, 'a.hprof')
    const taken = await runCommand(['snapshot', '--pid', String(pid), '--out', out])
    expect(taken.stdout).toMatch(/a\.hprof .* \(Java \d+/)
    expect(readFileSync(join(folder, 'a.histogram.txt'), 'utf8')).toMatch(/^\s*\d+:\s+25\s+600 {2}SessionLeak\$Session/m)
    const why = await runCommand(['why', out, 'SessionLeak$Session', '--json'])
    expect(why.stdout).toContain('SESSIONS')
    await ask(port, 40)
    const later = join(folder, 'b.hprof')
    await runCommand(['snapshot', String(pid), '--out', later])
    const grown = JSON.parse((await runCommand(['diff', out, later, '--ops', '40', '--json'], { cwd: PROGRAMS })).stdout) as Report
    expect(grown.findings[0]).toMatchObject({ subject: { className: 'SessionLeak$Session' }, growth: { count: 1 }, location: { line: 14 } })
    const again = await runCommand(['snapshot', '--pid', String(pid), '--out', out])
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('which exists')])
    const shut = await start('java', ['-XX:+DisableAttachMechanism', ...java.slice(1), folder, 'SessionLeak'])
    const refused = await runCommand(['snapshot', '--pid', String(shut.pid), '--out', join(folder, 'none.hprof')])
    expect([refused.code, refused.stderr]).toEqual([4, expect.stringContaining('DisableAttachMechanism')])
    await ask(shut.port, 1) // still there
    expect(existsSync(join(folder, 'none.hprof'))).toBe(false)
  })
})

describe.runIf(has('go'))('Go', () => {
  beforeAll(() => {
    for (const name of ['session-leak', 'session-bounded', 'goroutine-leak']) {
      execFileSync('go', ['build', '-o', join(folder, name), join(PROGRAMS, 'go', `${name}.go`)], { env: { ...process.env, GO111MODULE: 'off', GOCACHE: join(tmpdir(), 'stillhere-go-cache') } })
    }
  }, 180_000)

  test('a leaking server: verdict and the line that allocates', { timeout: 120_000 }, async () => {
    const report = await hunt('--', join(folder, 'session-leak'))
    expect(report.verdict).toBe('leak')
    const [first] = report.findings
    expect(first!.allocatedAt?.[0]).toMatchObject({ functionName: 'main.login', line: 22 })
    expect(first!.allocatedAt?.[0]?.file).toMatch(/session-leak\.go$/)
    // 16 KiB of cart; the sampled estimate is told with its doubt
    expect(first!.growth!.bytes).toBeGreaterThan(8_000)
    expect(first!.growth!.bytes).toBeLessThan(33_000)
    expect(first!.reasons.some(({ text }) => text.startsWith('sampled'))).toBe(true)
  })

  test('its healthy twin', { timeout: 120_000 }, async () => {
    const report = await hunt(...FEW, '--', join(folder, 'session-bounded'))
    expect([report.verdict, report.findings]).toEqual(['healthy', []])
  })

  test('goroutines that never end, in a service that runs already: where they wait, exactly one per request', { timeout: 120_000 }, async () => {
    const { port } = await start(join(folder, 'goroutine-leak'), [])
    const report = await hunt(...FEW, '--url', `http://127.0.0.1:${port}/debug/pprof`, '--request', `http://127.0.0.1:${port}/`)
    expect(report.verdict).toBe('leak')
    expect(report.findings[0]).toMatchObject({ subject: { className: 'goroutine', functionName: 'main.notify.func1' }, growth: { count: 1 } })
    expect(report.findings[0]!.allocatedAt?.[0]?.line).toBe(15)
    // Shallow stacks: the smallest, 2 KiB, and what connections of the load add to it.
    const each = report.findings[0]!.reasons.flatMap(({ text }) => /^each takes about ([\d.]+) kB of stack/.exec(text)?.[1] ?? [])
    expect(each).toHaveLength(1)
    expect(Number(each[0])).toBeGreaterThan(1.5)
    expect(Number(each[0])).toBeLessThan(4)
  })

  test('a snapshot: two profiles, what grew between them, and what goroutines wait for', { timeout: 60_000 }, async () => {
    const { pid, port } = await start(join(folder, 'session-leak'), [])
    const out = join(folder, 'go.pb.gz')
    const taking = runCommand(['snapshot', `http://127.0.0.1:${port}/debug/pprof/heap`, '--after', '3s', '--out', out])
    await new Promise((resolve) => setTimeout(resolve, 1500))
    await ask(port, 600)
    const { stdout, stderr } = await taking
    expect(stdout, stderr).toMatch(/what grew:\n.*main\.login \(session-leak\.go:22\)/)
    expect(stdout).toMatch(/\d+ goroutines, (?:about|at least) [\d.]+ kB of stacks:/)
    for (const name of ['go.pb.gz', 'go-before.pb.gz', 'go-goroutines.pb.gz']) expect(existsSync(join(folder, name))).toBe(true)
    const refused = await runCommand(['snapshot', String(pid)])
    expect([refused.code, refused.stderr]).toEqual([4, expect.stringContaining(`http://127.0.0.1:${port}/debug/pprof`)])
  })
})
