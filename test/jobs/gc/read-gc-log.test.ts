import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startRun } from '../../../src/base/run.ts'
import { parseGcSettings } from '../../../src/jobs/gc-settings.ts'
import { readGcLog } from '../../../src/jobs/read-gc-log.ts'
import { judgeFile } from '../../../src/jobs/verdict.ts'

const samples = join(import.meta.dirname, '..', '..', 'readers')
const log = (...path: string[]): string => join(samples, ...path)
const read = (files: string[], more = {}): ReturnType<typeof readGcLog> => readGcLog({ files, version: '0', ...more }, startRun())

test('a program that keeps more in each round is called a leak by its collector’s log', async () => {
  const { report } = await read([log('go-gctrace', 'go1.24.gctrace.txt')])
  expect(report.verdict).toBe('leak')
  expect(report.findings[0]?.pattern).toBe('gc-leak')
})

test('a steady program is not', async () => {
  const { report } = await read([join(import.meta.dirname, 'logs', 'steady-50.txt')])
  expect(report.verdict).toBe('healthy')
})

test('three full collections that rise are a question, not an accusation', async () => {
  const { report } = await read([log('jvm-gc-log', 'jdk17-G1-simple.log')])
  expect(report.findings.find(({ pattern }) => pattern === 'gc-leak')?.verdict).toBe('undecided')
})

test('the parts of a rotated log may come in any order', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'stillhere-gc-'))
  try {
    const lines = (await readFile(log('go-gctrace', 'go1.24.gctrace.txt'), 'utf8')).split('\n')
    await writeFile(join(folder, 'new'), lines.slice(20).join('\n'))
    await writeFile(join(folder, 'old'), lines.slice(0, 20).join('\n'))
    const whole = await read([log('go-gctrace', 'go1.24.gctrace.txt')])
    const parts = await read([join(folder, 'new'), join(folder, 'old')])
    expect(parts.log.collectionCount).toBe(whole.log.collectionCount)
    expect(Array.from(parts.log.startMs)).toEqual(Array.from(whole.log.startMs))
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('interleaved processes are kept apart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'stillhere-gc-'))
  try {
    const one = (await readFile(log('go-gctrace', 'go1.24.gctrace.txt'), 'utf8')).trim().split('\n')
    const two = (await readFile(log('go-gctrace', 'go1.15.gctrace.txt'), 'utf8')).trim().split('\n')
    const mixed = one.flatMap((line, at) => (at < two.length ? [line, two[at]!] : [line]))
    await writeFile(join(folder, 'mixed'), mixed.join('\n'))
    const { log: read1 } = await read([join(folder, 'mixed')])
    expect(new Set(read1.stream).size).toBe(2)
    expect(read1.collectionCount).toBe(one.length + two.length)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('settings are read in each runtime’s own words, and refused in any other', () => {
  expect(parseGcSettings('GOGC=200,GOMEMLIMIT=2GiB')).toMatchObject({ runtime: 'go', percent: 200, limitBytes: 2 ** 31 })
  expect(parseGcSettings('-Xmx2g -Xmn512m')).toMatchObject({ runtime: 'jvm', maxHeapBytes: 2 ** 31, youngBytes: 2 ** 29 })
  expect(parseGcSettings('--max-semi-space-size=64,--max_old_space_size=512')).toMatchObject({ runtime: 'v8', semiSpaceBytes: 2 ** 26, oldSpaceBytes: 2 ** 29 })
  expect(() => parseGcSettings('GOMEMLIMIT=2GB')).toThrow('GOMEMLIMIT=<number>[B|KiB|MiB|GiB|TiB]')
  expect(() => parseGcSettings('GOGC=off')).toThrow('GOGC=off only together with GOMEMLIMIT')
  expect(() => parseGcSettings('-Xmx2gb')).toThrow('-Xmx<size>')
  expect(() => parseGcSettings('--max-semi-space-size=0')).toThrow('--max-semi-space-size=<MiB>')
})

test('settings of another runtime than the log’s are refused', async () => {
  await expect(read([log('jvm-gc-log', 'jdk17-G1.log')], { whatIf: parseGcSettings('GOGC=200') })).rejects.toThrow('-Xmx')
})

test('a collector that sizes its generations itself gets no count, but the word whether the program fits', async () => {
  const { report } = await read([log('jvm-gc-log', 'jdk17-G1.log')], { whatIf: parseGcSettings('-Xmx2g') })
  const [, row] = report.details!['forecast'] as Record<string, unknown>[]
  expect(row).toMatchObject({ fits: 'yes', youngCollections: undefined, peakBytes: undefined })
  expect(report.notices.map(({ message }) => message).join()).toContain('not forecast: collections and peak: G1 sizes')
})

test('a log long enough is judged by `verdict` as well', async () => {
  const logs = join(import.meta.dirname, 'logs')
  // A second of a program that grows: how sure that makes is the judge's own matter, that it grows is not.
  expect(['leak', 'growing']).toContain((await judgeFile(join(logs, 'gcwork-50.txt'), startRun())).verdict.verdict)
  expect(['leak', 'growing']).not.toContain((await judgeFile(join(logs, 'steady-50.txt'), startRun())).verdict.verdict)
})
