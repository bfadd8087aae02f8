import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test, onTestFinished } from 'vitest'
import { StoreError } from '../../src/base/errors.ts'
import { METRICS } from '../../src/model/memory-series.ts'
import type { Sample } from '../../src/model/memory-series-builder.ts'
import { packSample, unpackSample } from '../../src/store/packed-sample.ts'
import { Store } from '../../src/store/store.ts'
import { exampleReport } from '../support/example-report.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))
const path = (): string => join(folder, 'store.sqlite')
const PROCESS = { pid: 812, startedAtMs: 1000, command: 'python3 worker.py' }
const MINUTE = 60_000

test('a sample comes out of its bytes as it went in, largest numbers included', () => {
  const sample: Sample = Object.fromEntries(METRICS.map((metric, i) => [metric, i === 3 ? 0 : i === 4 ? 2 ** 53 - 1 : 127 * 130 ** (i % 5)]))
  expect(unpackSample(packSample(sample))).toEqual({ sample, epoch: 0 })
  expect(unpackSample(packSample(sample, 300))).toEqual({ sample, epoch: 300 })
})

describe('the store', () => {
  test('gives back what was put in, also after it was closed', async () => {
    {
      using store = await Store.open(path())
      const id = store.enter(PROCESS, 2000)
      for (let i = 0; i < 10; i++) store.add(id, 2000 + i * 1000, { rss: 1e6 + i, 'thread-count': 4 })
    }
    using store = await Store.open(path())
    const [found] = store.list()
    expect(found).toMatchObject({ pid: 812, command: 'python3 worker.py', sampleCount: 10, lastMs: 11_000 })
    const series = store.series(found!.id)!
    expect([series.sampleCount, series.metrics.get('rss')?.at(-1), series.metrics.get('thread-count')?.[0]]).toEqual([10, 1e6 + 9, 4])
  })

  test('knows a process again by its pid and start, and another with the same pid as another', async () => {
    using store = await Store.open(path())
    const first = store.enter(PROCESS, 2000)
    expect(store.enter(PROCESS, 3000)).toBe(first)
    expect(store.enter({ ...PROCESS, startedAtMs: 5000 }, 6000)).not.toBe(first)
  })

  test('thins what is old to its extremes, never to means, and keeps what is new whole', async () => {
    using store = await Store.open(path())
    const id = store.enter(PROCESS, 0)
    for (let i = 0; i < 120; i++) store.add(id, i * MINUTE, { rss: i % 10 === 3 ? 5e6 : i % 10 === 7 ? 90e6 : 50e6, 'heap-used': i % 10 === 5 ? 1e6 : 30e6 })
    store.thin(120 * MINUTE, { wholeMs: 60 * MINUTE, blockMs: 10 * MINUTE, keepMs: 1e12 })
    const series = store.series(id)!
    const old = series.timeMs.filter((time) => time < 60 * MINUTE).length
    expect([old, series.sampleCount - old]).toEqual([18, 60])
    expect(Math.min(...series.metrics.get('rss')!.subarray(0, old))).toBe(5e6)
    expect(Math.max(...series.metrics.get('rss')!.subarray(0, old))).toBe(90e6)
    expect([...series.metrics.get('heap-used')!.subarray(0, old)]).toContain(1e6)
  })

  test('forgets what is older than it is kept', async () => {
    using store = await Store.open(path())
    store.add(store.enter(PROCESS, 0), 0, { rss: 1e6 })
    store.thin(10 * MINUTE, { wholeMs: MINUTE, blockMs: MINUTE, keepMs: 5 * MINUTE })
    expect(store.list()).toEqual([])
  })

  test('knows how many samples it has of each process, however they came and went', async () => {
    {
      using store = await Store.open(path())
      const [id, other] = [store.enter(PROCESS, 0), store.enter({ ...PROCESS, pid: PROCESS.pid + 1 }, 0)]
      for (let i = 0; i < 90; i++) store.add(id, i * MINUTE, { rss: 1e6 + i })
      store.add(id, 5 * MINUTE, { rss: 2e6 }) // once more, in its place
      store.add(other, 0, { rss: 1e6 })
      const counts = (): number[] => store.list().toSorted((a, b) => a.pid - b.pid).map(({ sampleCount }) => sampleCount)
      expect(counts()).toEqual([90, 1])
      store.thin(90 * MINUTE, { wholeMs: 10 * MINUTE, blockMs: 10 * MINUTE, keepMs: 1000 * MINUTE })
      expect(counts()).toEqual([store.series(id)!.sampleCount, 1])
      expect(counts()[0]).toBeLessThan(40)
    }
    const database = new DatabaseSync(path())
    database.exec('DROP TRIGGER sample_added; DROP TRIGGER sample_removed; ALTER TABLE process DROP COLUMN samples; PRAGMA user_version = 2')
    database.close()
    using store = await Store.open(path())
    expect(store.list().every(({ id, sampleCount }) => sampleCount === store.series(id)!.sampleCount)).toBe(true)
  })

  test('keeps reports with the process they are of, and takes a file of the schema before reports', async () => {
    {
      using store = await Store.open(path())
      const id = store.enter(PROCESS, 0)
      store.addReport(id, 5000, exampleReport())
      expect(store.reports(id)).toEqual([{ timeMs: 5000, report: JSON.parse(JSON.stringify(exampleReport())) as unknown }])
    }
    const database = new DatabaseSync(path())
    database.exec('DROP TABLE report; DROP TRIGGER sample_added; DROP TRIGGER sample_removed; ALTER TABLE process DROP COLUMN samples; PRAGMA user_version = 1')
    database.close()
    using store = await Store.open(path())
    expect(store.list()).toHaveLength(1)
    expect(store.reports(1)).toEqual([])
  })

  test('refuses a file that a newer version wrote, and says the way out', async () => {
    const database = new DatabaseSync(path())
    database.exec('PRAGMA user_version = 99')
    database.close()
    await expect(Store.open(path())).rejects.toThrow(/schema 99/)
    await expect(Store.open(path())).rejects.toMatchObject({ hint: expect.stringMatching(/Update stillhere/) as string })
  })

  test('refuses a file that is no store', async () => {
    writeFileSync(path(), 'this is no database, it only lies here under its name. '.repeat(50))
    await expect(Store.open(path())).rejects.toThrow(StoreError)
  })

  test('lets two write into one file', async () => {
    using one = await Store.open(path())
    using two = await Store.open(path())
    const [a, b] = [one.enter(PROCESS, 0), two.enter({ ...PROCESS, pid: 813 }, 0)]
    for (let i = 0; i < 50; i++) {
      one.add(a, i, { rss: i })
      two.add(b, i, { rss: i })
    }
    expect(one.list().map(({ sampleCount }) => sampleCount)).toEqual([50, 50])
  })

  test('killed while it writes, it has lost at most the last sample', async () => {
    const program = `
      import { Store } from ${JSON.stringify(new URL('../../src/store/store.ts', import.meta.url).pathname)}
      const store = await Store.open(${JSON.stringify(path())})
      const id = store.enter(${JSON.stringify(PROCESS)}, 0)
      // Each number is awaited: in a loop that never yields, what a full pipe does not take at once is never written.
      for (let i = 0; ; i++) { store.add(id, i, { rss: i }); await new Promise((written) => process.stdout.write(i + '\\n', written)) }`
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    let said = ''
    child.stdout.on('data', (text: Buffer) => {
      said += text.toString()
      if (said.length > 4000) child.kill('SIGKILL')
    })
    await new Promise((resolve) => child.once('close', resolve))
    const confirmed = said.split('\n').length - 2 // the last line may be cut
    using store = await Store.open(path())
    const series = store.series(store.list()[0]!.id)!
    expect(series.sampleCount).toBeGreaterThanOrEqual(confirmed)
  })
})
