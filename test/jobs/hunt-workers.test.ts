import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Report } from '../../src/model/report.ts'
import { ReportSchema } from '../../src/render/report-schema.ts'
import { nodeBinary } from '../support/node-binaries.ts'
import { runCommand } from '../support/run-command.ts'

// Programs whose worker threads keep something, or nothing: test/programs/hunt/thread-pool.mjs.

const POOL = join(import.meta.dirname, '..', 'programs', 'hunt', 'thread-pool.mjs')
const ROUNDS = ['--request', '/', '--no-catch', '--warmup', '90', '--ops', '61', '--rounds', '7']

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stillhere-workers-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function hunt(mode: string, { major = 24, options = [] }: { major?: 20 | 24; options?: string[] } = {}): Promise<Report> {
  const { stdout, stderr } = await runCommand(['hunt', '--json', ...ROUNDS, ...options, '--', nodeBinary(major), POOL, mode])
  expect(stdout, stderr).toMatch(/^\{/)
  const report = JSON.parse(stdout) as Report
  v.parse(ReportSchema, report)
  return report
}

const codes = ({ notices }: Report): string[] => notices.map(({ code }) => code)
const notice = ({ notices }: Report, wanted: string): string | undefined => notices.find(({ code }) => code === wanted)?.message

describe.each([20, 24] as const)('Node %i', (major) => {
  test('a leak in the threads of a pool: the hunt goes on in one of them', { timeout: 120_000 }, async () => {
    const out = join(folder, `leak-${major}`)
    const report = await hunt('leak', { major, options: ['--out', out] })
    expect(report.verdict).toBe('leak')
    expect(report.summary).toMatch(/^in worker [123] \(pool\): /)
    expect(report.sources[0]!.name).toMatch(/, worker [123] \(pool\)$/)
    const [first] = report.findings
    // One of three threads gets a third of the jobs.
    expect(first!.growth!.count).toBeCloseTo(1 / 3, 1)
    expect(first!.paths[0]!.steps.some(({ nodeName }) => nodeName === 'MessagePort')).toBe(true)
    const made = first!.allocatedAt?.find(({ file }) => file.endsWith('thread-pool.mjs'))
    expect(readFileSync(POOL, 'utf8').split('\n')[made!.line - 1]).toMatch(/jobs\.push|answer = /)
    expect(notice(report, 'worker-looked-into')).toContain('the main thread was looked at before: healthy')
    expect((report.details as { snapshots: { file: string }[] }).snapshots.every(({ file }) => /worker-[123]\/\d\.heapsnapshot$/.test(file))).toBe(true)
  })

  test('threads that keep nothing are looked at, and nowhere gone into', { timeout: 60_000 }, async () => {
    const report = await hunt('kept', { major })
    expect(report.verdict).toBe('healthy')
    expect(notice(report, 'worker-threads')).toContain('3 worker threads were looked at beside the main thread')
    expect(codes(report)).not.toContain('worker-looked-into')
    const { workers } = report.details as { workers: { worker: string; looks: number; gainedBytes: number }[] }
    expect(workers.map(({ worker, looks }) => [worker, looks])).toEqual([1, 2, 3].map((id) => [`worker ${id} (pool)`, 8]))
    // To look at a thread leaves nothing in it. The V8 of Node 20 may count a piece of 128 kB as used at once.
    for (const { gainedBytes } of workers) expect(gainedBytes).toBeLessThan({ 20: 200_000, 24: 10_000 }[major])
  })

})

test('one thread is looked into by its number; one that ends while it is, is said to have ended', { timeout: 60_000 }, async () => {
  const report = await hunt('leak', { major: 20, options: ['--worker', '2'] })
  expect([report.verdict, report.summary.slice(0, 19)]).toEqual(['leak', 'in worker 2 (pool):'])
  expect(report.details!['workers']).toBeUndefined()
  const ended = await runCommand(['hunt', ...ROUNDS, '--worker', '1', '--', nodeBinary(20), POOL, 'replaced'])
  expect(ended.code).toBe(4)
  expect(ended.stderr).toContain('the worker thread ended')
})

test('a snapshot of a thread has what that thread keeps', { timeout: 60_000 }, async () => {
  const taken = async (name: string, ...options: string[]): Promise<string> => {
    const path = join(folder, `${name}.heapsnapshot`)
    const result = await runCommand(['snapshot', '--out', path, '--after', '500ms', ...options, '--', nodeBinary(20), POOL, 'kept'])
    expect(result.code, result.stderr).toBe(0)
    return readFileSync(path, 'utf8')
  }
  const listens = /"(Node \/ )?TCPServerWrap"/
  expect([listens.test(await taken('main')), listens.test(await taken('worker', '--worker', '3'))]).toEqual([true, false])
})

test('threads that come and go are counted, and what they kept is said to be gone with them', { timeout: 60_000 }, async () => {
  const report = await hunt('replaced')
  expect(notice(report, 'workers-came-and-went')).toMatch(/^\d+ worker threads came and \d+ went while it was measured, 3 ran at the end/)
})

test('threads that pile up are said to, beside what the main thread keeps of them', { timeout: 60_000 }, async () => {
  const report = await hunt('piling', { options: ['--ops', '31', '--rounds', '4'] })
  expect(report.verdict).toBe('leak')
  expect(notice(report, 'workers-pile-up')).toMatch(/became more in 4 of 4 rounds, 1\d → 2\d/)
})

test('threads that sleep between jobs are said not to have been heard', { timeout: 60_000 }, async () => {
  const report = await hunt('asleep')
  expect(notice(report, 'worker-silent')).toMatch(/^worker 1 \(pool\), worker 2 \(pool\), worker 3 \(pool\) did not answer in time/)
  expect(codes(report)).not.toContain('worker-threads')
})

test('a name that no thread has, or several have, is answered with the list', { timeout: 60_000 }, async () => {
  for (const [wanted, problem] of [['parser', 'there is none'], ['pool', '3 are called pool']] as const) {
    const { code, stderr } = await runCommand(['snapshot', '--worker', wanted, '--after', '500ms', '--', 'node', POOL, 'kept'])
    expect([code, stderr.includes(problem)]).toEqual([4, true])
    expect(stderr).toContain('worker 1 (pool), worker 2 (pool), worker 3 (pool)')
  }
})
