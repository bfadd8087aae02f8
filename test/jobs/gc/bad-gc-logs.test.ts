import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startRun } from '../../../src/base/run.ts'
import { readGcLog } from '../../../src/jobs/read-gc-log.ts'
import { bytesSource } from '../../../src/readers/bytes-source.ts'

const sample = (...path: string[]): Promise<string> => readFile(join(import.meta.dirname, '..', '..', 'readers', ...path), 'utf8')
const lines = async (...path: string[]): Promise<string[]> => (await sample(...path)).trim().split('\n')
const read = (text: string): ReturnType<typeof readGcLog> => readGcLog({ files: [], source: bytesSource('drawn', new TextEncoder().encode(text)), version: '0' }, startRun())

test('of Go’s processes that write by turns each keeps its own lines, though both count alike', async () => {
  const one = await lines('go-gctrace', 'go1.24.gctrace.txt')
  const two = await lines('go-gctrace', 'go1.15.gctrace.txt')
  const { log } = await read(one.flatMap((line, at) => (at < two.length ? [line, two[at]!] : [line])).join('\n'))
  const counts = new Map<number, number>()
  for (const stream of log.stream!) counts.set(stream, (counts.get(stream) ?? 0) + 1)
  expect([...counts.values()].toSorted((a, b) => b - a)).toEqual([one.length, two.length])
})

test('fields that a newer version puts between are passed over', async () => {
  const go = await sample('go-gctrace', 'go1.24.gctrace.txt')
  const [seen, newer] = [await read(go), await read(go.replaceAll(', 2 P', ', 12 MB frobs, 2 P'))]
  expect(newer.log.collectionCount).toBe(seen.log.collectionCount)
  expect(newer.log.processors).toEqual(seen.log.processors)
  expect(newer.log.otherLines).toBe(0)
  const v8 = await sample('v8-trace-gc', 'node24.trace-gc.log')
  const [before, after] = [await read(v8), await read(v8.replaceAll('pooled: 0 MB, ', 'pooled: 0 MB, frobs: 3 MB, '))]
  expect(after.log.collectionCount).toBe(before.log.collectionCount)
  expect(after.log.pauseMs).toEqual(before.log.pauseMs)
})

test('a clock that falls back is told, and the time is that of the pieces', async () => {
  const log = await sample('jvm8-gc-log', 'jdk8-ConcMarkSweep.log')
  const [once, twice] = [await read(log), await read(log + log)]
  expect(once.report.notices).toEqual([])
  expect(twice.report.notices.map(({ code, count }) => [code, count])).toEqual([['clock-falls-back', 1]])
  expect(twice.summary.durationMs).toBeGreaterThan(once.summary.durationMs)
  expect(twice.log.collectionCount).toBe(2 * once.log.collectionCount)
})
