import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startRun } from '../../src/base/run.ts'
import { watchProcess } from '../../src/jobs/watch-process.ts'
import { isTimeForCause, planCause, timeBetween } from '../../src/jobs/watch/find-cause.ts'
import type { WatchEvent, WatchOptions, WatchResult } from '../../src/jobs/watch/watch-plan.ts'
import { judgeSeries } from '../../src/analysis/series/judge-series.ts'
import { MemorySeriesBuilder } from '../../src/model/memory-series-builder.ts'
import type { MemorySeries } from '../../src/model/memory-series.ts'
import { growthPrograms } from '../support/growth-programs.ts'

/** From the verdict on a live program to what holds its memory. */

const folder = mkdtempSync(join(tmpdir(), 'cause-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const commands = new Map<string, (which: 'leak' | 'healthy') => string[]>()
beforeAll(() => {
  for (const { language, prepare } of growthPrograms()) commands.set(language, prepare(folder))
}, 120_000)

async function watchThenHunt(command: string[], options: Partial<WatchOptions> = {}): Promise<{ result: WatchResult; events: WatchEvent[]; plan: string[] }> {
  const events: WatchEvent[] = []
  const result = await watchProcess(
    { target: { kind: 'command', command }, everyMs: 60, forMs: 60_000, inside: 'read', cause: { when: 'leak', version: '0' }, onEvent: (event) => events.push(event), ...options },
    startRun(),
  )
  return { result, events, plan: events.flatMap((event) => (event.kind === 'cause' ? event.plan : [])) }
}
const has = (language: string): boolean => process.platform === 'linux' && growthPrograms().some((each) => each.language === language)

describe('as soon as it leaks', () => {
  test.concurrent('a Node program is hunted at its own pace, and the array that holds the leak is named', { timeout: 180_000 }, async () => {
    const { result, events, plan } = await watchThenHunt(commands.get('Node')!('leak').with(-1, join(import.meta.dirname, '../programs/growth/slow-leak.js')))
    expect(plan.join()).toMatch(/forced collections \d+ s apart and heap snapshots/)
    expect(result.verdict.verdict).toBe('leak')
    const [first] = result.cause!.findings
    expect(first!.title).toMatch(/rows/)
    expect(JSON.stringify(first!.paths)).toMatch(/kept/)
    const snapshots = events.flatMap((event) => (event.kind === 'hunt' && event.event.kind === 'snapshot' ? [event.event.sizeBytes] : []))
    expect(snapshots.length).toBeGreaterThan(2)
    expect(snapshots.at(-1)).toBeGreaterThan(snapshots[0]!) // growth between them
  })

  test.runIf(has('Java')).concurrent('a JVM is hunted at its own pace, by full collections and heap dumps', { timeout: 180_000 }, async () => {
    const { result, plan } = await watchThenHunt(commands.get('Java')!('leak'))
    expect(plan.join()).toMatch(/full collections \d+ s apart and heap dumps/)
    expect(result.cause).toMatchObject({ command: 'hunt', verdict: 'leak' })
    expect(JSON.stringify(result.cause!.findings[0])).toMatch(/ArrayDeque/)
  })

  test.runIf(has('Python')).concurrent('a Python that we start brings the helper along, and is hunted at its own pace through it', { timeout: 180_000 }, async () => {
    const { result, plan } = await watchThenHunt(commands.get('Python')!('leak'))
    expect(plan.join()).toMatch(/graphs of its objects between them.*allocations are traced/)
    expect(result.cause!.command).toBe('hunt')
    expect(['leak', 'suspect']).toContain(result.cause!.verdict)
    expect(JSON.stringify(result.cause!.findings[0])).toMatch(/kept/)
  })

  test.runIf(has('Go')).concurrent('a Go program that serves its profiles is hunted at its own pace, its page found by the port it listens on', { timeout: 180_000 }, async () => {
    const events: WatchEvent[] = []
    // Its port is known only when it says so; the watch begins then.
    const { spawn } = await import('node:child_process')
    const [file, ...args] = commands.get('Go')!('leak') as [string, ...string[]]
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'ignore'] })
    try {
      await new Promise((resolve) => child.stdout.once('data', resolve))
      const result = await watchProcess(
        { target: { kind: 'pid', pid: child.pid! }, everyMs: 60, forMs: 60_000, inside: 'read', cause: { when: 'leak', version: '0' }, onEvent: (event) => events.push(event) },
        startRun(),
      )
      expect(result.cause).toMatchObject({ command: 'hunt', verdict: 'leak' })
      expect(JSON.stringify(result.cause!.findings[0])).toMatch(/main\.main/)
    } finally {
      child.kill('SIGKILL')
    }
  })

  test.runIf(has('C')).concurrent('of a C program the capture to take is named, and what reads it', { timeout: 180_000 }, async () => {
    const { result, plan } = await watchThenHunt(commands.get('C')!('leak'))
    expect(result).toMatchObject({ verdict: { verdict: 'leak' }, cause: undefined })
    expect(plan.join()).toMatch(/heaptrack.*stillhere analyze/)
  })

  test.runIf(has('C')).concurrent('a healthy program is not hunted', { timeout: 180_000 }, async () => {
    const { result, plan } = await watchThenHunt(commands.get('C')!('healthy'), { forMs: 8000 })
    expect([result.ended, plan]).toEqual(['the time was up', []])
  })
})

function drawn(level: (second: number) => number): MemorySeries {
  const builder = new MemorySeriesBuilder({ name: 'drawn', format: 'test', idsAreStable: false, notices: [] }, {})
  for (let i = 0; i < 600; i++) builder.add(i * 1000, { 'rss-anon': level(i) + ((i * 7919) % 101) * 1000 })
  return builder.finish()
}

describe('the moment and the pace', () => {
  test('rounds are so far apart that the leak is clear in its heap', () => {
    const slow = drawn((s) => 50e6 + s * 20e3)
    const apart = timeBetween({ series: slow, verdict: judgeSeries(slow) })!
    // 1 % of some 62 MB at 20 kB a second
    expect(apart).toBeGreaterThan(20_000)
    expect(apart).toBeLessThan(50_000)
    const fast = drawn((s) => 5e6 + s * 5e6)
    expect(timeBetween({ series: fast, verdict: judgeSeries(fast) })).toBeLessThan(10_000)
    expect(timeBetween({ series: fast, verdict: { ...judgeSeries(fast), rate: undefined } })).toBeUndefined()
  })

  test('what only grows is looked at before it is too large, what is stable never', () => {
    const [small, large] = [drawn((s) => 20e6 + s * 20e3), drawn((s) => 800e6 + s * 2e6)]
    const growing = { ...judgeSeries(small), verdict: 'growing' as const }
    expect([isTimeForCause(growing, small), isTimeForCause(growing, large)]).toEqual([false, true])
    expect(isTimeForCause({ ...growing, verdict: 'stable' }, large)).toBe(false)
    expect(isTimeForCause({ ...growing, verdict: 'leak' }, small)).toBe(true)
  })

  test('what leaks descriptors is told where to look for them', async () => {
    const series = drawn((s) => 20e6 + s)
    const verdict = { ...judgeSeries(series), kind: 'fds' as const }
    expect(await planCause({ pid: 7, runtime: undefined, verdict, series }, { when: 'leak', version: '0' }, startRun())).toMatchObject({ steps: [expect.stringMatching(/\/proc\/7\/fd/)], find: undefined })
  })

  test('a Python without the helper, and a Go program without a page, are told how to be looked at', async () => {
    const series = drawn((s) => 20e6 + s * 1e5)
    const plan = async (runtime: 'python' | 'go'): Promise<string> => (await planCause({ pid: process.pid, runtime, verdict: judgeSeries(series), series }, { when: 'leak', version: '0' }, startRun())).steps.join()
    expect(await plan('python')).toMatch(/python3 -m stillhere/)
    expect(await plan('go')).toMatch(/net\/http\/pprof/)
  })
})
