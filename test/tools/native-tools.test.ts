import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startRun } from '../../src/base/run.ts'
import { decompress, fileSource } from '../../src/jobs/file-source.ts'
import type { AllocationProfile } from '../../src/model/allocation-profile.ts'
import { NONE } from '../../src/model/heap-graph.ts'
import { openInput } from '../../src/readers/open.ts'

/**
 * The tools themselves, run on a small leaking C program: what we read of their files equals what they say of them.
 * A tool that is not there is skipped, unless STILLHERE_REQUIRE_TOOLS is set.
 */

const folder = mkdtempSync(join(tmpdir(), 'stillhere-native-'))
const program = join(folder, 'leak')
const source = join(import.meta.dirname, '..', 'programs', 'native', 'leak.c')
const BLOCKS = 150
const JEMALLOC = ['/usr/lib/x86_64-linux-gnu/libjemalloc.so.2', '/usr/lib/aarch64-linux-gnu/libjemalloc.so.2', '/usr/lib64/libjemalloc.so.2'].find((path) => existsSync(path))

const has = (command: string): boolean => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0
const required = process.env['STILLHERE_REQUIRE_TOOLS'] !== undefined
const needs = (...commands: string[]): boolean => !required && !commands.every(has)
const run = (command: string, args: string[], env: NodeJS.ProcessEnv = {}): string =>
  execFileSync(command, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } })

beforeAll(() => {
  if (has('gcc')) run('gcc', ['-g', '-O0', '-o', program, source])
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function profileOf(name: string): Promise<AllocationProfile> {
  const opened = await openInput(await fileSource(join(folder, name)), startRun(), { decompress })
  if (opened.makes !== 'allocation-profile') throw new Error(`${name} is a ${opened.makes}`)
  return opened.model
}

const sum = (column: Float64Array | undefined): number => column!.reduce((total, value) => total + value, 0)

/** Live bytes and blocks by the tool's verdict. */
function byVerdict(profile: AllocationProfile): Record<string, [bytes: number, blocks: number]> {
  const found: Record<string, [number, number]> = {}
  for (let site = 0; site < profile.siteCount; site++) {
    const verdict = profile.siteVerdict?.[site] ?? NONE
    if (verdict === NONE) continue
    const name = profile.strings.get(verdict)
    const before = found[name] ?? [0, 0]
    found[name] = [before[0] + profile.liveBytes![site]!, before[1] + profile.liveCount![site]!]
  }
  return found
}

/** The place of the innermost frame of the site with most live bytes under a verdict. */
function firstPlace(profile: AllocationProfile, verdict?: string): string {
  let best = 0
  for (let site = 1; site < profile.siteCount; site++) {
    const told = profile.siteVerdict?.[site] ?? NONE
    if (verdict !== undefined && (told === NONE || profile.strings.get(told) !== verdict)) continue
    if (best === 0 || profile.liveBytes![site]! > profile.liveBytes![best]!) best = site
  }
  const frame = profile.siteFrame[best]!
  return `${profile.strings.get(profile.frames.functionName[frame]!)} ${profile.frames.line[frame]!}`
}

const number = (text: string): number => Number(text.replaceAll(',', ''))

describe.skipIf(needs('gcc', 'valgrind'))('Valgrind', () => {
  const summary: Record<string, [number, number]> = {}
  let total: [allocs: number, bytes: number]
  beforeAll(() => {
    run('valgrind', ['--leak-check=full', '--show-leak-kinds=all', '--log-file=memcheck.txt', program, String(BLOCKS)])
    const text = readFileSync(join(folder, 'memcheck.txt'), 'utf8')
    for (const kind of ['definitely lost', 'indirectly lost', 'possibly lost', 'still reachable']) {
      const told = new RegExp(`${kind}: ([\\d,]+) bytes in ([\\d,]+) blocks`).exec(text)!
      summary[kind] = [number(told[1]!), number(told[2]!)]
    }
    const usage = /total heap usage: ([\d,]+) allocs, [\d,]+ frees, ([\d,]+) bytes allocated/.exec(text)!
    total = [number(usage[1]!), number(usage[2]!)]
  }, 60_000)

  test('memcheck: text and XML give the leak summary, kind by kind, and the leaking line first', async () => {
    run('valgrind', ['--leak-check=full', '--show-leak-kinds=all', '--xml=yes', '--xml-file=memcheck.xml', program, String(BLOCKS)])
    for (const name of ['memcheck.txt', 'memcheck.xml']) {
      const profile = await profileOf(name)
      expect(byVerdict(profile)).toEqual(summary)
      expect(firstPlace(profile, 'definitely lost')).toBe('store 9')
    }
    expect(summary['definitely lost']).toEqual([64 * BLOCKS + 64, BLOCKS + 1])
  }, 60_000)

  test('memcheck: kinds it was not asked to list are in the totals all the same', async () => {
    run('valgrind', ['--leak-check=full', '--log-file=default.txt', program, String(BLOCKS)])
    const profile = await profileOf('default.txt')
    expect(byVerdict(profile)).toEqual(summary)
    expect(profile.source.notices.map(({ code }) => code)).toEqual(['records-not-listed'])
  }, 60_000)

  test('DHAT: allocated and left at the end equal what memcheck counts', async () => {
    run('valgrind', ['--tool=dhat', '--dhat-out-file=dhat.json', program, String(BLOCKS)])
    const profile = await profileOf('dhat.json')
    expect([sum(profile.allocatedCount), sum(profile.allocatedBytes)]).toEqual(total)
    expect(sum(profile.liveBytes)).toBe(Object.values(summary).reduce((bytes, [more]) => bytes + more, 0))
    expect(firstPlace(profile)).toBe('store 9')
  }, 60_000)

  test.skipIf(needs('ms_print'))('massif: the last and the peak snapshot with stacks, and every row, as ms_print shows them', async () => {
    run('valgrind', ['--tool=massif', '--time-unit=ms', '--detailed-freq=3', '--massif-out-file=massif.out', program, String(BLOCKS)])
    const printed = run('ms_print', ['massif.out'])
    const rows = new Map([...printed.matchAll(/^ +(\d+) +([\d,]+) +([\d,]+) +([\d,]+) +([\d,]+) +[\d,]+$/gm)].map((row) => [Number(row[1]), row.slice(2).map(number)]))
    const detailed = [...printed.match(/Detailed snapshots: \[(.*)\]/)![1]!.matchAll(/(\d+)( \(peak\))?/g)]
    const last = Number(detailed.at(-1)![1])
    const peak = Number(detailed.find((each) => each[2] !== undefined)?.[1] ?? last)
    const profile = await profileOf('massif.out')
    expect(sum(profile.liveBytes)).toBe(rows.get(last)![2])
    expect(sum(profile.peakBytes)).toBe(rows.get(peak)![2])
    expect([...profile.series!.metrics.get('heap-used')!]).toEqual([...rows.values()].map((row) => row[2]))
    expect([...profile.series!.metrics.get('heap-committed')!]).toEqual([...rows.values()].map((row) => row[1]))
    expect(firstPlace(profile)).toBe('store 9')
  }, 60_000)
})

test.skipIf(needs('gcc', 'heaptrack', 'heaptrack_print'))('heaptrack: calls, peak and leaked as heaptrack_print says', async () => {
  run('heaptrack', ['-o', join(folder, 'heaptrack.data'), program, String(BLOCKS)])
  const name = readdirSync(folder).find((each) => each.startsWith('heaptrack.data'))!
  const printed = run('heaptrack_print', [name])
  const told = (what: string): string => new RegExp(`^${what}: (\\S+)`, 'm').exec(printed)![1]!
  const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(2)}K`
  const profile = await profileOf(name)
  expect(sum(profile.allocatedCount)).toBe(Number(told('calls to allocation functions')))
  expect(kilobytes(sum(profile.peakBytes))).toBe(told('peak heap memory consumption'))
  expect(kilobytes(sum(profile.liveBytes))).toBe(told('total memory leaked'))
  expect(firstPlace(profile)).toBe('store 9')
}, 60_000)

test.skipIf(needs('gcc'))('LeakSanitizer: direct and indirect leaks add up to its summary', async () => {
  run('gcc', ['-g', '-O0', '-fsanitize=leak', '-o', 'leak-lsan', source])
  spawnSync(join(folder, 'leak-lsan'), [String(BLOCKS)], { cwd: folder, env: { ...process.env, LSAN_OPTIONS: 'log_path=lsan' } })
  const name = readdirSync(folder).find((each) => each.startsWith('lsan.'))!
  const told = /SUMMARY: \w+: (\d+) byte\(s\) leaked in (\d+) allocation/.exec(readFileSync(join(folder, name), 'utf8'))!
  const profile = await profileOf(name)
  expect([sum(profile.liveBytes), sum(profile.liveCount)]).toEqual([Number(told[1]), Number(told[2])])
  expect(byVerdict(profile)['direct leak']![0]).toBeGreaterThanOrEqual(64 * (BLOCKS - 1))
  expect(firstPlace(profile, 'direct leak')).toBe('store 9')
}, 60_000)

describe.skipIf(needs('gcc') || (!required && JEMALLOC === undefined))('jemalloc', () => {
  const profiled = async (rate: number): Promise<AllocationProfile> => {
    const prefix = `jemalloc-${rate}`
    run(program, [String(BLOCKS)], { LD_PRELOAD: JEMALLOC!, MALLOC_CONF: `prof:true,prof_final:true,lg_prof_sample:${rate},prof_prefix:${join(folder, prefix)}` })
    return profileOf(readdirSync(folder).find((each) => each.startsWith(`${prefix}.`))!)
  }

  test('with every allocation recorded, its own totals, and the leaking call by library and offset', async () => {
    const profile = await profiled(0)
    const name = readdirSync(folder).find((each) => each.startsWith('jemalloc-0.'))!
    const told = /t\*: (\d+): (\d+)/.exec(readFileSync(join(folder, name), 'utf8'))!
    expect([sum(profile.liveCount), sum(profile.liveBytes)]).toEqual([Number(told[1]), Number(told[2])])
    const store = [...profile.liveCount!].findIndex((count, site) => count === BLOCKS && profile.liveBytes![site] === 64 * BLOCKS)
    expect(store).toBeGreaterThan(0)
    expect(profile.strings.get(profile.frames.functionName[profile.siteFrame[store]!]!)).toMatch(/^leak\+0x[0-9a-f]+$/)
    expect(profile.samplingIntervalBytes).toBeUndefined()
  }, 60_000)

  test('sampled, the estimate says how far apart the samples are', async () => {
    const profile = await profiled(8)
    expect(profile.samplingIntervalBytes).toBe(256)
    expect(sum(profile.liveBytes)).toBeGreaterThan(64 * BLOCKS * 0.5)
  }, 60_000)
})
