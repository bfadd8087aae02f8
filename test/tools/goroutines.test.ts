import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { stackCost } from '../../src/analysis/goroutines/goroutine-cost.ts'
import { startRun } from '../../src/base/run.ts'
import { analyze as analyzeFile, diff as diffFiles } from '../../src/jobs/analyze.ts'
import { analyzeHeap } from '../../src/jobs/analyze-heap.ts'
import { analyzeProfile } from '../../src/jobs/analyze-profile.ts'
import { diffProfiles } from '../../src/jobs/diff-profiles.ts'
import { decompress, fileSource } from '../../src/jobs/file-source.ts'
import type { AllocationProfile } from '../../src/model/allocation-profile.ts'
import type { Report } from '../../src/model/report.ts'
import { openInput } from '../../src/readers/open.ts'

const hasGo = spawnSync('go', ['version']).status === 0
if (!hasGo && process.env['STILLHERE_REQUIRE_TOOLS'] !== undefined) throw new Error('go is required and not installed')

const SOURCE = new URL('../programs/goroutines/waiting.go', import.meta.url).pathname
const read = async (file: string): Promise<AllocationProfile> => (await openInput(await fileSource(file), startRun(), { decompress })).model as AllocationProfile
const analyze = (profile: AllocationProfile): Report => analyzeProfile(profile, { version: 'test' }, startRun())

/** What the program does, by the function of its own that waits. */
const PATTERN_OF: readonly (readonly [place: string, pattern: string])[] = [
  ['main.firstAnswerWins', 'goroutine-send'],
  ['main.worker', 'goroutine-receive'],
  ['main.loop', 'goroutine-select'],
  ['main.locked', 'goroutine-lock'],
  ['main.waitForAll', 'goroutine-wait-group'],
  ['main.poll', 'goroutine-sleep'],
  ['net/http.(*persistConn).readLoop', 'goroutine-http-body'],
  ['context.', 'goroutine-context-child'],
]

describe.runIf(hasGo)('goroutines that wait for ever', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stillhere-goroutines-'))
  const counts = new Map<string, number>()
  const dumps = async (name: string): Promise<AllocationProfile[]> => [await read(join(folder, `${name}.pb.gz`)), await read(join(folder, `${name}.txt`))]

  beforeAll(() => {
    const program = join(folder, 'waiting')
    execFileSync('go', ['build', '-o', program, SOURCE], { env: { ...process.env, GO111MODULE: 'off', GOCACHE: join(folder, 'cache') } })
    for (const [name, many] of [['few', 3], ['some', 30], ['more', 45], ['most', 60]] as const) {
      counts.set(name, Number(execFileSync(program, [String(many), join(folder, name)], { encoding: 'utf8' })))
    }
  }, 120_000)

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('are each told by what they wait for, from the profile and from the dump', async () => {
    for (const profile of await dumps('some')) {
      const { verdict, findings } = analyze(profile)
      expect(verdict).not.toBe('undecided')
      for (const [place, pattern] of PATTERN_OF) {
        const found = findings.find(({ subject }) => subject.kind === 'site' && (subject.functionName ?? '').startsWith(place))
        expect(found?.pattern, `${profile.source.format} ${place}`).toBe(pattern)
        expect(found?.verdict, place).toBe('suspect')
        expect(found?.title, place).toContain('30 goroutines')
      }
    }
  })

  test('on a nil channel are a leak, proven by the dump', async () => {
    const [, dump] = await dumps('few')
    const [first] = analyze(dump!).findings
    expect(first).toMatchObject({ verdict: 'leak', pattern: 'goroutine-nil-channel' })
    expect(first!.title).toContain('main.nothing')
  })

  test('are as many as the runtime counts', async () => {
    for (const name of ['few', 'some']) {
      for (const profile of await dumps(name)) {
        const told = profile.liveCount!.reduce((sum, count) => sum + count, 0)
        // Connections of the test server come and go between the two looks.
        expect(Math.abs(told - counts.get(name)!)).toBeLessThanOrEqual(4)
      }
    }
  })

  test('a few of each accuse nobody but the nil channel', async () => {
    const [profile] = await dumps('few')
    expect(analyze(profile!).findings.filter(({ verdict }) => verdict === 'leak' || verdict === 'suspect')).toEqual([])
  })

  test('that grow from dump to dump are a leak with their line and remedy', async () => {
    const profiles = await Promise.all(['some', 'more', 'most'].map(async (name) => read(join(folder, `${name}.pb.gz`))))
    const { verdict, findings } = diffProfiles(profiles, { version: 'test' }, startRun())
    expect(verdict).toBe('leak')
    const send = findings.find(({ pattern }) => pattern === 'goroutine-send')
    expect(send?.allocatedAt?.[0]?.file).toMatch(/waiting\.go$/)
    expect(send?.advice).toContain('ctx.Done()')
  })
})

describe.runIf(hasGo)('what goroutines cost', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stillhere-goroutine-cost-'))
  const told = new Map<string, { before: number; after: number; goroutines: number }>()
  const heapReport = async (name: string): Promise<Report> => analyzeHeap({ file: join(folder, `${name}.heapdump`), version: 'test', classes: 5 }, startRun())
  const threadsOf = ({ details }: Report): Record<string, number & string>[] => details!['threads'] as Record<string, number & string>[]

  beforeAll(() => {
    const program = join(folder, 'stacks')
    execFileSync('go', ['build', '-o', program, new URL('../programs/goroutines/stacks.go', import.meta.url).pathname], { env: { ...process.env, GO111MODULE: 'off', GOCACHE: join(folder, 'cache') } })
    for (const [name, shallow, deep] of [['shallow', 1000, 0], ['deep', 0, 1000], ['both', 300, 200]] as const) {
      told.set(name, JSON.parse(execFileSync(program, [String(shallow), String(deep), join(folder, name)], { encoding: 'utf8' })) as { before: number; after: number; goroutines: number })
    }
  }, 120_000)

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('a heap dump tells their stacks as the runtime counts them, and never more', async () => {
    for (const name of ['shallow', 'deep', 'both']) {
      const { before, after } = told.get(name)!
      const [stacks] = (await heapReport(name)).details!['stacks'] as { goroutines: number; usedBytes: number; atLeastBytes: number; inUseBytes: number }[]
      // StackInuse also has the threads' own stacks and what waits to be used again: about what was there before.
      expect(stacks!.inUseBytes / after, name).toBeCloseTo(1, 1)
      expect(stacks!.atLeastBytes, name).toBeLessThanOrEqual(stacks!.inUseBytes)
      expect(stacks!.atLeastBytes, name).toBeGreaterThan(0.9 * (after - before))
      expect(stacks!.usedBytes, name).toBeLessThan(stacks!.atLeastBytes)
    }
  })

  test('a heap dump tells deep stacks from shallow ones, and the buffers that only they keep', async () => {
    const threads = threadsOf(await heapReport('both'))
    const [deep, shallow] = [threads.find(({ count }) => count === 200)!, threads.find(({ count }) => count === 300)!]
    expect(deep['retainedBytes']).toBe(200 * 4096)
    expect(shallow['retainedBytes']).toBe(300 * 4096)
    expect(shallow['stackAtLeastBytes']).toBe(300 * 2048)
    // Twenty levels with half a kB of room each do not fit into less than 16 KiB.
    expect(deep['stackAtLeastBytes']! / 200).toBe(16_384)
    expect(deep['stackUsedBytes']! / 200).toBeGreaterThan(21 * 512)
  })

  test('a profile alone tells the least, which is true of both', async () => {
    for (const name of ['shallow', 'deep']) {
      for (const file of [`${name}.pb.gz`, `${name}.txt`]) {
        const { details, summary } = analyze(await read(join(folder, file)))
        expect(summary).toContain('at least 2.1 MB of stacks')
        expect(details!['stackAtLeastBytes']).toBe(2048 * told.get(name)!.goroutines)
        expect(details!['stackAtLeastBytes']).toBeLessThanOrEqual(told.get(name)!.after)
      }
    }
  })

  test('a profile and the text heap profile of the same moment tell an average', async () => {
    for (const name of ['shallow', 'deep']) {
      const { before, after } = told.get(name)!
      const { totals } = await read(join(folder, `${name}.heap.txt`))
      const cost = stackCost({ ...(await read(join(folder, `${name}.pb.gz`))), totals }, 1000)
      expect(cost?.basis).toBe('on average')
      expect(Math.abs(cost!.bytes / (after - before) - 1), name).toBeLessThan(0.25)
    }
  })

  test('the command shares what the text heap profile tells, and refuses that of a moment with fewer goroutines', async () => {
    const plan = { file: join(folder, 'both.pb.gz'), version: 'test', classes: 5 }
    const { before, after } = told.get('both')!
    const shared = await analyzeFile({ ...plan, stacksFrom: join(folder, 'both.heap.txt') }, startRun())
    expect(Math.abs((shared.details!['stackEstimateBytes'] as number) / after - 1)).toBeLessThan(0.1)
    expect(shared.notices).toEqual([])
    writeFileSync(join(folder, 'vars.json'), JSON.stringify({ cmdline: ['stacks'], memstats: { Alloc: 1, StackInuse: after } }))
    expect((await analyzeFile({ ...plan, stacksFrom: join(folder, 'vars.json') }, startRun())).details!['stackEstimateBytes']).toBe(after)
    writeFileSync(join(folder, 'vars.json'), JSON.stringify({ cmdline: ['stacks'], memstats: { Alloc: 1, StackInuse: before } }))
    const early = await analyzeFile({ ...plan, stacksFrom: join(folder, 'vars.json') }, startRun())
    expect(early.notices.map(({ code }) => code)).toEqual(['another-moment'])
    expect(early.summary).toContain('at least 1.0 MB of stacks')
    await expect(analyzeFile({ ...plan, stacksFrom: plan.file }, startRun())).rejects.toThrow('does not tell what stacks take')
  })

  test('the command of differences shares what the last moment’s stacks took', async () => {
    const plan = { files: ['both', 'deep'].map((name) => join(folder, `${name}.pb.gz`)), version: 'test', classes: 5, cwd: folder }
    const { before, after } = told.get('deep')!
    const { details, notices } = await diffFiles({ ...plan, stacksFrom: join(folder, 'deep.heap.txt') }, startRun())
    // 500 more of 1001, all alike but one.
    expect(Math.abs((details!['stackEstimateBytes'] as number) / ((after - before) / 2) - 1)).toBeLessThan(0.25)
    expect(notices).toEqual([])
    await expect(diffFiles({ ...plan, files: ['both', 'deep'].map((name) => join(folder, `${name}.heap.txt`)), stacksFrom: join(folder, 'deep.heap.txt') }, startRun())).rejects.toThrow('--stacks-from')
  })

  test('growth from profile to profile is told with its price', async () => {
    const profiles = await Promise.all(['both', 'deep'].map(async (name) => read(join(folder, `${name}.pb.gz`))))
    const { summary, findings, details } = diffProfiles(profiles, { version: 'test' }, startRun())
    expect(summary).toContain('+500 goroutines, at least 1.0 MB of stacks')
    expect(findings[0]!.reasons.map(({ text }) => text)).toContain('those that came take at least 1.0 MB of stacks')
    expect(details!['stackAtLeastBytes']).toBe(500 * 2048)
  })
})
