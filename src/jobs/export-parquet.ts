import { rename, writeFile } from 'node:fs/promises'
import type { MemorySeries } from '../model/memory-series.ts'

/** A series as a Parquet file for DuckDB, pandas and the like: `time_ms`, `epoch`, and a nullable column for each metric. */
export async function seriesToParquet(series: MemorySeries): Promise<Uint8Array> {
  const { parquetWriteBuffer } = await import('hyparquet-writer')
  const columnData = [
    { name: 'time_ms', data: Array.from(series.timeMs), type: 'DOUBLE' as const, nullable: false },
    { name: 'epoch', data: Array.from({ length: series.sampleCount }, (_, i) => series.epoch?.[i] ?? 0), type: 'INT32' as const, nullable: false },
    ...Array.from(series.metrics, ([name, column]) => ({ name: name.replaceAll('-', '_'), data: Array.from(column, (value) => (Number.isNaN(value) ? null : value)), type: 'DOUBLE' as const, nullable: true })),
  ]
  return new Uint8Array(parquetWriteBuffer({ columnData }))
}

/** The same to a file, which is there whole or not at all. */
export async function writeParquet(series: MemorySeries, path: string): Promise<void> {
  const aside = `${path}.${process.pid}.part`
  await writeFile(aside, await seriesToParquet(series))
  await rename(aside, path)
}
