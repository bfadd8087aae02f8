import { freemem } from 'node:os'
import { collectionsTable, samplesTable } from '../analysis/tables/time-tables.ts'
import { heapTables } from '../analysis/tables/heap-tables.ts'
import { sitesTable } from '../analysis/tables/profile-tables.ts'
import type { Run } from '../base/run.ts'
import type { DataTable } from '../model/data-table.ts'
import { openInput, recognizeInput } from '../readers/open.ts'
import { decompress, fileSource } from './file-source.ts'
import { loadHeap, type LoadOptions } from './load-heap.ts'
import { type Answer, query } from './query-engine.ts'
import { heapAsWritten } from './written-names.ts'

export interface TablesPlan {
  readonly file: string
  readonly format?: string | undefined
  readonly cache?: LoadOptions['cache']
}

/**
 * What a file holds, as tables: a heap as nodes, edges and what is computed from them, a profile as sites, memory over
 * time as samples, a GC log as collections.
 * @throws ReadError, UsageError, Cancelled
 */
export async function tablesOf({ file, format, cache }: TablesPlan, run: Run): Promise<DataTable[]> {
  const { makes } = await recognizeInput(await fileSource(file), { decompress, format })
  if (makes === 'heap-graph') return heapTables((await heapAsWritten(await loadHeap(file, run, { format, cache }), run)).index, run)
  const opened = await openInput(await fileSource(file), run, { decompress, format })
  switch (opened.makes) {
    case 'allocation-profile':
      return [sitesTable(opened.model), ...(opened.model.series === undefined ? [] : [samplesTable(opened.model.series)])]
    case 'memory-series':
      return [samplesTable(opened.model)]
    case 'gc-log':
      return [collectionsTable(opened.model)]
    case 'heap-graph':
      throw new TypeError('a heap graph is read above')
  }
}

export interface QueryPlan extends TablesPlan {
  readonly sql: string
  /** What the engine may hold; half of what is free unless said. */
  readonly memoryBytes?: number | undefined
  readonly timeoutMs?: number | undefined
}

const LEAST_MEMORY_BYTES = 256e6

/**
 * Runs SQL over the tables of a file; `use` reads the answer.
 * @throws ReadError, UsageError, Cancelled
 */
export async function queryFile<Result>({ sql, memoryBytes, timeoutMs, ...file }: QueryPlan, run: Run, use: (answer: Answer) => Promise<Result>): Promise<Result> {
  const tables = await tablesOf(file, run)
  return query(tables, sql, { memoryBytes: memoryBytes ?? Math.max(LEAST_MEMORY_BYTES, freemem() / 2), timeoutMs }, run, use)
}
