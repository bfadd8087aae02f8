import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startRun } from '../../src/base/run.ts'
import { analyzeHeap } from '../../src/jobs/analyze-heap.ts'
import type { WatchedDetails } from '../../src/jobs/explain-watches.ts'
import { compiledPackage } from '../support/compiled-package.ts'
import { NODE_VERSIONS, nodeBinary } from '../support/node-binaries.ts'
import type { NodeMajor } from '../support/node-binaries.ts'

const programs = join(import.meta.dirname, 'programs')
const majors = Object.keys(NODE_VERSIONS).map(Number) as NodeMajor[]
const scratch = mkdtempSync(join(tmpdir(), 'stillhere-endings-'))
let library = ''
let register = ''

beforeAll(() => {
  const { dist } = compiledPackage()
  library = join(dist, 'in-process', 'should-go-away.js')
  register = pathToFileURL(join(dist, 'in-process', 'register.js')).href
})

afterAll(() => rmSync(scratch, { recursive: true, force: true }))

interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  text: string
}

function run(major: NodeMajor, args: readonly string[], { cwd = scratch, env = {} }: { cwd?: string; env?: NodeJS.ProcessEnv } = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(nodeBinary(major), args, { cwd, env: { ...process.env, ...env }, timeout: 120_000, maxBuffer: 1e8 }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode, signal: child.signalCode, text: stdout + stderr })
    })
  })
}

/** Processes that inherited this mark and still run. */
function running(mark: string): string[] {
  return readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false
    try {
      return readFileSync(`/proc/${name}/environ`, 'latin1').includes(mark)
    } catch {
      // Ended meanwhile.
      return false
    }
  })
}

async function untilNone(mark: string): Promise<string[]> {
  const startedMs = performance.now()
  let left = running(mark)
  while (left.length > 0 && performance.now() - startedMs < 60_000) {
    await new Promise((resolve) => setTimeout(resolve, 200))
    left = running(mark)
  }
  return left
}

test.skipIf(process.platform !== 'linux').each(majors)('on Node %i a process that exits while its snapshot is explained ends as it would, and leaves no process behind', async (major) => {
  const mark = `STILLHERE_TEST_MARK=${process.pid}-exit-${major}`
  const { code, signal } = await run(major, [join(programs, 'ending.mjs'), library, 'exit'], { env: { STILLHERE_TEST_MARK: mark.split('=')[1] } })
  expect({ code, signal }).toEqual({ code: 0, signal: null })
  expect(await untilNone(mark)).toEqual([])
}, 200_000)

test.skipIf(process.platform !== 'linux').each([[20, 'watching'], [20, 'explaining'], [26, 'watching'], [26, 'explaining']] as const)('on Node %i a worker can be terminated while it is %s', async (major, how) => {
  const mark = `STILLHERE_TEST_MARK=${process.pid}-${how}-${major}`
  const { code, signal, text } = await run(major, [join(programs, 'ending.mjs'), library, how], { env: { STILLHERE_TEST_MARK: mark.split('=')[1] } })
  expect({ code, signal, text: text.trim() }).toEqual({ code: 0, signal: null, text: 'terminated' })
  expect(await untilNone(mark)).toEqual([])
}, 200_000)

async function expectSessionsStillHere(folder: string): Promise<void> {
  const [file] = readdirSync(folder).filter((name) => name.endsWith('.heapsnapshot'))
  expect(file).toBeDefined()
  const report = await analyzeHeap({ file: join(folder, file!), version: '0.0.0', classes: 0 }, startRun())
  expect(report.summary).toMatch(/^\d[\d ]* objects that the program said should be gone are still here\. /)
  expect(report.findings[0]).toMatchObject({ verdict: 'leak', pattern: 'growing-map', subject: { className: 'Session' } })
  const watched = report.details!['watched'] as WatchedDetails
  expect(new Set(watched.stillHere.map(({ label }) => label))).toEqual(new Set(['session after logout']))
}

test.each([22, 26] as const)('on Node %i the snapshot that V8 writes when the heap is nearly full says what should have been gone', async (major) => {
  const folder = join(scratch, `near-limit-${major}`)
  mkdirSync(folder)
  const { code, signal } = await run(major, ['--max-old-space-size=40', '--import', register, join(programs, 'near-limit.mjs'), library], { cwd: folder, env: { STILLHERE_NEAR_LIMIT: '1', STILLHERE_EXPLAIN: 'never' } })
  // It ran out of memory, as it would have without us.
  expect(code === 134 || signal === 'SIGABRT' || code === 133 || signal === 'SIGTRAP').toBe(true)
  await expectSessionsStillHere(folder)
}, 200_000)

test.each([20, 24] as const)('on Node %i the snapshot of --heapsnapshot-signal says what should have been gone', async (major) => {
  const folder = join(scratch, `signal-${major}`)
  mkdirSync(folder)
  const { code } = await run(major, ['--heapsnapshot-signal=SIGUSR2', join(programs, 'near-limit.mjs'), library, 'signal'], { cwd: folder })
  expect(code).toBe(0)
  await expectSessionsStillHere(folder)
}, 200_000)

test('a folder on a full disk costs the pictures, not the answer', async (context) => {
  const folder = join(scratch, 'full')
  mkdirSync(folder)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', folder], { stdio: 'pipe' })
  } catch {
    return context.skip('this user may not mount a small disk')
  }
  try {
    const { text } = await run(24, [join(programs, 'explained.mjs'), library, 'plain', folder])
    const result = JSON.parse(text.trim().split('\n').at(-1)!) as { outcome: string; folder?: string; reason?: string; findings: unknown[] }
    expect(result.outcome).toBe('explained')
    expect(result.findings.length).toBeGreaterThan(0)
    expect(result.folder).toBeUndefined()
    expect(result.reason).toContain('ENOSPC')
  } finally {
    execFileSync('umount', ['-l', folder])
  }
}, 200_000)
