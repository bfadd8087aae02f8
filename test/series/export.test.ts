import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { afterAll, expect, test } from 'vitest'
import { startRun } from '../../src/base/run.ts'
import { samplesTable } from '../../src/analysis/tables/time-tables.ts'
import { writeTable } from '../../src/jobs/export-parquet.ts'
import { importSeries, showStored } from '../../src/jobs/history.ts'
import { judgeFile } from '../../src/jobs/verdict.ts'
import { parseLine } from '../../src/readers/prometheus-text.ts'
import { seriesToCsv, seriesToJson, seriesToOpenMetrics } from '../../src/render/series-export.ts'

const folder = mkdtempSync(join(tmpdir(), 'export-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const SAMPLE = join(import.meta.dirname, '..', 'readers', 'csv-series', 'node-restarted.csv')
const read = async (path: string) => (await judgeFile(path, startRun())).series

test('our own CSV, read again, is the same series', async () => {
  const series = await read(SAMPLE)
  const path = join(folder, 'again.csv')
  writeFileSync(path, seriesToCsv(series))
  const again = await read(path)
  expect([again.timeMs, again.epoch, again.limitBytes]).toEqual([series.timeMs, series.epoch, series.limitBytes])
  expect([...again.metrics]).toEqual([...series.metrics])
  expect(again.process.runtime).toBe('node')
})

test('JSON has null where a value is missing', async () => {
  const made = JSON.parse(seriesToJson(await read(SAMPLE))) as { metrics: Record<string, (number | null)[]> }
  expect(made.metrics['heap-floor']![0]).toBeNull()
  expect(made.metrics['heap-floor']!.at(-1)).toBe(9686 * 1024)
})

test('OpenMetrics lines parse, with seconds, and end as they must', async () => {
  const lines = seriesToOpenMetrics(await read(SAMPLE)).trimEnd().split('\n')
  expect(lines.at(-1)).toBe('# EOF')
  const rss = lines.map(parseLine).filter((line) => line?.name === 'stillhere_rss_bytes')
  expect([rss.length, rss.at(-1)!.value, rss.at(-1)!.time]).toEqual([800, 72288 * 1024, 161.37])
})

test('Parquet, read by another library, has the rows and the gaps', async () => {
  const path = join(folder, 'series.parquet')
  await writeTable(samplesTable(await read(SAMPLE)), path, startRun())
  const rows = (await parquetReadObjects({ file: await asyncBufferFromFile(path) })) as Record<string, number | null>[]
  expect(rows.length).toBe(800)
  expect([rows[0]!['heap_floor'], rows.at(-1)!['rss'], rows.at(-1)!['epoch']]).toEqual([null, 72288 * 1024, 1])
})

test('an imported series is judged and kept', async () => {
  const store = join(folder, 'store.sqlite')
  const id = await importSeries(SAMPLE, store, startRun())
  const { series, earlier } = await showStored(store, id)
  expect(series.sampleCount).toBe(800)
  expect(earlier.length).toBe(1)
})
