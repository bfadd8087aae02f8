import { samplesTable } from '../analysis/tables/time-tables.ts'
import { UsageError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import type { MemorySeries } from '../model/memory-series.ts'
import { openInput, recognizeInput } from '../readers/open.ts'
import type { ModelName } from '../readers/reader.ts'
import { type Masker, maskProfile, maskTables } from '../render/mask.ts'
import { seriesToCsv, seriesToJson, seriesToOpenMetrics } from '../render/series-export.ts'
import { writeTable, writeTables } from './export-parquet.ts'
import { exportProfile } from './export-profile.ts'
import { decompress, fileSource } from './file-source.ts'
import { showStored } from './history.ts'
import { readHolding } from './read-holding.ts'
import { readProfile } from './read-profile.ts'
import { storeToRead } from './store-path.ts'
import { tablesOf } from './query.ts'
import { expectPlaceFor } from './output-place.ts'
import { writeWholeFile } from './write-whole-file.ts'

const SERIES_TEXTS = { csv: seriesToCsv, json: seriesToJson, openmetrics: seriesToOpenMetrics } as const
const PROFILE_FORMS = ['pprof', 'speedscope', 'folded', 'flame'] as const

export const EXPORT_FORMS = ['csv', 'json', 'openmetrics', 'parquet', ...PROFILE_FORMS] as const
export type ExportForm = (typeof EXPORT_FORMS)[number]

/** What each kind of thing can be written as. */
const FORMS_OF: Record<ModelName, readonly ExportForm[]> = {
  'memory-series': ['csv', 'json', 'openmetrics', 'parquet'],
  'heap-graph': ['parquet', ...PROFILE_FORMS],
  'allocation-profile': ['parquet', ...PROFILE_FORMS],
  'gc-log': ['parquet'],
}

interface Wanted {
  as: ExportForm
  out?: string | undefined
  /** Gives names their pseudonyms. */
  masker?: Masker | undefined
}

export interface Exported {
  /** For stdout, where no file was asked for. */
  text?: string | undefined
  written: readonly string[]
}

/** Writes what a file holds in the form `as`. @throws UsageError when it has no such form; ReadError, StoreError, Cancelled */
export async function exportFile({ file, format, as, out, masker }: Wanted & { file: string; format?: string | undefined }, run: Run): Promise<Exported> {
  const { makes } = await recognizeInput(await fileSource(file), { decompress, format })
  if (!FORMS_OF[makes].includes(as)) {
    throw new UsageError({ argument: '--as', given: as === 'csv' ? 'csv, which is meant without --as' : as, allowed: `for a ${makes.replace('-', ' ')}: ${FORMS_OF[makes].join(', ')}`, ...(as === 'csv' ? { hint: 'For tables as CSV: stillhere query FILE "FROM nodes" --csv' } : {}) })
  }
  if (makes === 'memory-series') {
    const opened = await openInput(await fileSource(file), run, { decompress, format, makes: ['memory-series'] })
    return exportSeries(opened.model as MemorySeries, { as, out, masker }, run)
  }
  const path = requirePath(out, as === 'parquet' ? 'a folder: each table becomes a file' : 'a file')
  if (as === 'parquet') {
    const tables = await tablesOf({ file, format }, run)
    return { written: await writeTables(masker === undefined ? tables : maskTables(tables, masker), path, run) }
  }
  expectPlaceFor(path, '--out')
  const profile = makes === 'heap-graph' ? await readHolding({ file, format }, run) : await readProfile(file, run, { format })
  return { written: await exportProfile(masker === undefined ? profile : maskProfile(profile, masker), { [as]: path }) }
}

/** Writes one stored process. @throws UsageError for an unknown id or form; StoreError */
export async function exportStored({ id, store, as, out, masker }: Wanted & { id: number; store?: string | undefined }, run: Run): Promise<Exported> {
  const { series } = await showStored(storeToRead(store), id)
  return exportSeries(series, { as, out, masker }, run)
}

async function exportSeries(given: MemorySeries, { as, out, masker }: Wanted, run: Run): Promise<Exported> {
  const { command } = given.process
  const series = masker === undefined || command === undefined ? given : { ...given, process: { ...given.process, command: masker.text(command) } }
  if (as === 'parquet') {
    const path = requirePath(out, 'a file: Parquet is no text')
    expectPlaceFor(path, '--out')
    await writeTable(samplesTable(series), path, run)
    return { written: [path] }
  }
  if (as !== 'csv' && as !== 'json' && as !== 'openmetrics') throw new UsageError({ argument: '--as', given: as, allowed: `for memory over time: ${FORMS_OF['memory-series'].join(', ')}` })
  const text = SERIES_TEXTS[as](series)
  if (out === undefined) return { text, written: [] }
  expectPlaceFor(out, '--out')
  await writeWholeFile(out, text)
  return { written: [out] }
}

function requirePath(out: string | undefined, allowed: string): string {
  if (out === undefined) throw new UsageError({ argument: '--out', given: 'nothing', allowed })
  return out
}
