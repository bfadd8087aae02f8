import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startRun } from '../../../src/base/run.ts'
import { parseGoSettings } from '../../../src/jobs/go-settings.ts'
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

test('settings are read in Go’s own words, and refused in any other', () => {
  expect(parseGoSettings('GOGC=200,GOMEMLIMIT=2GiB')).toEqual({ percent: 200, limitBytes: 2 ** 31 })
  expect(() => parseGoSettings('GOMEMLIMIT=2GB')).toThrow('GOMEMLIMIT=<number>[B|KiB|MiB|GiB|TiB]')
  expect(() => parseGoSettings('GOGC=off')).toThrow('GOGC=off only together with GOMEMLIMIT')
})

test('a log long enough is judged by `verdict` as well', async () => {
  const logs = join(import.meta.dirname, 'logs')
  expect((await judgeFile(join(logs, 'gcwork-50.txt'), startRun())).verdict.verdict).toBe('leak')
  expect((await judgeFile(join(logs, 'steady-50.txt'), startRun())).verdict.verdict).not.toBe('leak')
})
