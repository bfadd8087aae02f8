import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startRun } from '../../src/base/run.ts'
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
