import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { StoreError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import type { DataColumn, DataTable } from '../model/data-table.ts'
import { NONE } from '../model/heap-graph.ts'
import { makeFolder } from './output-place.ts'

/** Rows of a row group: what is held in memory at once, and what another engine reads at once. */
const GROUP_ROWS = 1 << 16

type Value = number | bigint | string | boolean | null

/**
 * Writes each table into `folder` as `<name>.parquet`, snappy-compressed. Cost: one row group in memory, whatever the
 * table's length. @returns the files written @throws StoreError, Cancelled
 */
export async function writeTables(tables: readonly DataTable[], folder: string, run: Run): Promise<string[]> {
  makeFolder(folder)
  const written: string[] = []
  for (const table of tables) {
    const path = join(folder, `${table.name}.parquet`)
    await writeTable(table, path, run)
    written.push(path)
  }
  return written
}

/** One table as a file, which is there whole or not at all. @throws StoreError, Cancelled */
export async function writeTable(table: DataTable, path: string, run: Run): Promise<void> {
  const { fileWriter, ParquetWriter } = await import('hyparquet-writer')
  const aside = `${path}.${process.pid}.part`
  const stored = <Result>(work: () => Result): Result => {
    try {
      return work()
    } catch (cause) {
      if (!(cause instanceof Error) || !('syscall' in cause)) throw cause
      throw new StoreError({ path, step: 'write', problem: cause.message, cause })
    }
  }
  try {
    const writer = stored(() => fileWriter(aside))
    const schema = [{ name: 'root', num_children: table.columns.length }, ...table.columns.map((column) => ({ name: column.name, repetition_type: 'OPTIONAL' as const, ...typeOf(column) }))]
    const parquet = new ParquetWriter({ writer, schema, createdBy: 'stillhere' })
    const readers = table.columns.map((column) => ({ name: column.name, read: valuesOf(column) }))
    for (let from = 0; from < table.rowCount; from += GROUP_ROWS) {
      run.progress({ step: `writing ${path}`, done: from, total: table.rowCount })
      run.checkpoint()
      const to = Math.min(table.rowCount, from + GROUP_ROWS)
      const columnData = readers.map(({ name, read }) => ({ name, data: read(from, to) }))
      await stored(() => parquet.write({ columnData, rowGroupSize: GROUP_ROWS }))
    }
    await stored(() => parquet.finish())
    await rename(aside, path)
  } finally {
    await rm(aside, { force: true })
  }
}

function typeOf(column: DataColumn): { type: 'INT32' | 'INT64' | 'DOUBLE' | 'BYTE_ARRAY' | 'BOOLEAN'; converted_type?: 'UINT_32' | 'UTF8' } {
  switch (column.type) {
    case 'whole':
      return { type: 'INT32', converted_type: 'UINT_32' }
    case 'number':
      return { type: column.isWhole ? 'INT64' : 'DOUBLE' }
    case 'word':
    case 'text':
      return { type: 'BYTE_ARRAY', converted_type: 'UTF8' }
    case 'flag':
      return { type: 'BOOLEAN' }
  }
}

/** The rows from … to − 1 of a column as the writer wants them; null where absent. */
function valuesOf(column: DataColumn): (from: number, to: number) => Value[] {
  const filled = <Into extends { [index: number]: number }>(into: Into, fill: (from: number, to: number, into: Into) => void, valueOf: (number: number) => Value) => (from: number, to: number): Value[] => {
    fill(from, to, into)
    const values: Value[] = []
    for (let i = 0; i < to - from; i++) values.push(valueOf(into[i]!))
    return values
  }
  switch (column.type) {
    case 'whole':
      return filled(new Uint32Array(GROUP_ROWS), column.fill, (number) => (number === NONE ? null : number))
    case 'number':
      return filled(new Float64Array(GROUP_ROWS), column.fill, column.isWhole ? (number) => (Number.isNaN(number) ? null : BigInt(number)) : (number) => (Number.isNaN(number) ? null : number))
    case 'word': {
      const words = column.words()
      return filled(new Uint32Array(GROUP_ROWS), column.fill, (word) => (word === NONE ? null : words[word]!))
    }
    case 'text':
      return (from, to) => Array.from({ length: to - from }, (_, i) => column.text(from + i) ?? null)
    case 'flag':
      return filled(new Uint8Array(GROUP_ROWS), column.fill, (flag) => (flag === 2 ? null : flag === 1))
  }
}
