import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { startRun } from '../../src/base/run.ts'
import { analyzeHeap } from '../../src/jobs/analyze-heap.ts'
import { hasTool } from '../support/tools.ts'

const folder = mkdtempSync(join(tmpdir(), 'stillhere-collections-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const programs = join(import.meta.dirname, '..', 'programs', 'collections')

type Row = Record<string, unknown>
const tablesOf = async (file: string): Promise<{ collections: Row[]; use: Row[] }> => {
  const { details } = await analyzeHeap({ file, version: '0', classes: 1, collections: 200 }, startRun())
  return { collections: details!['collections'] as Row[], use: details!['collectionUse'] as Row[] }
}

test.runIf(hasTool('java') && hasTool('javac'))('collections of a JVM have the entries and the room that they were given', { timeout: 120_000 }, async () => {
  const file = join(folder, 'known.hprof')
  execFileSync('javac', ['-d', folder, join(programs, 'Known.java')], { stdio: 'ignore' })
  execFileSync('java', ['-cp', folder, 'Known', file], { stdio: 'ignore' })
  const { collections, use } = await tablesOf(file)
  const named = (name: string): Row | undefined => collections.find((row) => String(row['collection']).startsWith(`Known.${name} (`))
  expect(Object.fromEntries(['HASH', 'CONCURRENT', 'TREE', 'SET', 'ROOMY', 'LINKED', 'QUEUE', 'DEQUE', 'WEAK', 'KEYS', 'IDENTITY'].map((name) => [name, named(name)?.['entries']]))).toEqual({
    HASH: 1016, CONCURRENT: 400, TREE: 150, SET: 300, ROOMY: 100, LINKED: 200, QUEUE: 120, DEQUE: 90, WEAK: 60, KEYS: 60, IDENTITY: 40,
  })
  // The JDK's own are not in the way.
  expect(collections.every((row) => !String(row['collection']).startsWith('java.lang.Module'))).toBe(true)
  const capacity = (name: string): unknown => (named(name)?.['more'] as Row | undefined)?.['capacity']
  expect([capacity('HASH'), capacity('SET'), capacity('ROOMY')]).toEqual([2048, 512, 500])
  expect(named('ROOMY')!['emptySlots']).toBe(400)
  expect(use.find(({ className }) => className === 'java.util.Hashtable')).toMatchObject({ count: expect.toSatisfy((count: number) => count >= 70), empty: expect.toSatisfy((count: number) => count >= 70) })
  const lists = use.find(({ className }) => className === 'java.util.ArrayList') as { emptySlots: number; wastedBytes: number; fill: number }
  expect(lists.wastedBytes).toBe(4 * lists.emptySlots)
  expect(lists.fill).toBeLessThan(0.6)
})

test.runIf(hasTool('python3'))('collections of Python have the entries and the room that they were given', { timeout: 60_000 }, async () => {
  const file = join(folder, 'known.pyheap')
  const program = `
import sys, collections, stillhere
class Item: pass
SESSIONS = {"s%d" % i: Item() for i in range(1000)}
SEEN = {Item() for _ in range(300)}
JOBS = collections.deque(Item() for _ in range(120))
ROWS = [Item() for _ in range(777)]
EMPTY = [[] for _ in range(64)]
stillhere.dump(sys.argv[1])
print((sys.getsizeof(ROWS) - sys.getsizeof([])) // 8)`
  const printed = execFileSync('python3', ['-c', program, file], { encoding: 'utf8', env: { ...process.env, PYTHONPATH: join(import.meta.dirname, '..', '..', 'src', 'python') } })
  const { collections, use } = await tablesOf(file)
  const named = (name: string): Row | undefined => collections.find((row) => new RegExp(`(^|\\.)${name} \\(`).test(String(row['collection'])))
  expect(Object.fromEntries(['SESSIONS', 'SEEN', 'JOBS', 'ROWS'].map((name) => [name, named(name)?.['entries']]))).toEqual({ SESSIONS: 1000, SEEN: 300, JOBS: 120, ROWS: 777 })
  expect((named('ROWS')!['more'] as Row)['capacity']).toBe(Number(printed))
  expect(use.find(({ className }) => className === 'list')).toMatchObject({ empty: expect.toSatisfy((count: number) => count >= 64) })
})
