import { availableParallelism } from 'node:os'
import { Cancelled, UsageError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import type { DataColumn, DataTable } from '../model/data-table.ts'
import { NONE } from '../model/heap-graph.ts'

type DuckDb = typeof import('@duckdb/node-api')
type Vector = object

/** What we use of DuckDB's C API, which its own API does not pass on: writing whole columns. */
interface Bindings {
  data_chunk_get_vector(chunk: object, column: number): Vector
  copy_data_to_vector(vector: Vector, at: number, from: ArrayBuffer, fromByte: number, byteCount: number): void
  copy_data_to_vector_validity(vector: Vector, at: number, from: ArrayBuffer, fromByte: number, byteCount: number): void
  vector_ensure_validity_writable(vector: Vector): void
  vector_assign_string_element(vector: Vector, row: number, text: string): void
}

/** What a query answers; rows come in the pieces the engine makes, and are computed while they are read. */
export interface Answer {
  /** No two are equal. */
  columns: readonly string[]
  rows: AsyncIterable<readonly (readonly Cell[])[]>
}

/** A value of SQL in ours. Whole numbers beyond 2^53 come as text, times as ISO 8601. */
export type Cell = string | number | boolean | null | readonly Cell[] | { readonly [key: string]: Cell }

export interface QueryLimits {
  /** What the engine may hold while it sorts, groups and joins; nothing goes to the disk. */
  memoryBytes: number
  timeoutMs?: number | undefined
}

const PACKAGE = '@duckdb/node-api'

/**
 * Runs SQL over `tables` in DuckDB, which reads their columns where they are: each table is a table function that
 * fills only the columns a query names, 2048 rows at a time. `use` gets the answer and must read it before it returns.
 * The engine is shut in: no files, no network, no extensions, no settings, bounded memory.
 * @throws UsageError when the engine is missing, or does not accept or cannot finish the query; Cancelled
 */
export async function query<Result>(tables: readonly DataTable[], sql: string, { memoryBytes, timeoutMs }: QueryLimits, run: Run, use: (answer: Answer) => Promise<Result>): Promise<Result> {
  const { api, bindings } = await loadEngine()
  const instance = await api.DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  let outOfTime = false
  const stop = (): void => connection.interrupt()
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => ((outOfTime = true), stop()), timeoutMs)
  run.signal?.addEventListener('abort', stop)
  let failed: unknown
  const guarded = <Value>(work: () => Value): Value | undefined => {
    // An error of ours inside a table function would come back as text: it is kept, and thrown as it was.
    try {
      return work()
    } catch (error) {
      failed ??= error
      stop()
      return undefined
    }
  }
  try {
    for (const table of tables) {
      connection.registerTableFunction(tableFunction(api, bindings, table, guarded))
      await connection.run(`CREATE VIEW ${table.name} AS SELECT * FROM ${table.name}()`)
    }
    const settings: readonly (readonly [string, string])[] = [
      ['temp_directory', ''],
      ['memory_limit', `${Math.max(16, Math.round(memoryBytes / 1e6))}MB`],
      ['threads', String(Math.min(4, availableParallelism()))],
      ['enable_external_access', 'false'],
      ['autoinstall_known_extensions', 'false'],
      ['autoload_known_extensions', 'false'],
      ['allow_community_extensions', 'false'],
      ['lock_configuration', 'true'], // last: nothing above can be taken back
    ]
    for (const [name, value] of settings) await connection.run(`SET ${name} = '${value}'`)
    run.progress({ step: 'running the query', done: 0 })
    run.checkpoint()
    const result = await connection.stream(sql)
    return await use({
      columns: result.deduplicatedColumnNames(),
      rows: (async function* () {
        for await (const rows of result.yieldRowsJs()) {
          run.checkpoint()
          yield rows.map((row) => row.map((value) => cellOf(value)))
        }
      })(),
    })
  } catch (error) {
    if (failed !== undefined) throw failed
    if (run.signal?.aborted === true) throw new Cancelled('running the query')
    if (outOfTime) throw new UsageError({ argument: '--timeout', given: 'a query that takes longer', allowed: `an answer within ${timeoutMs! / 1000} s`, hint: 'Ask for fewer rows or columns, or give it more time.' })
    throw asUsageError(error)
  } finally {
    clearTimeout(timer)
    run.signal?.removeEventListener('abort', stop)
    connection.closeSync()
    instance.closeSync()
  }
}

async function loadEngine(): Promise<{ api: DuckDb; bindings: Bindings }> {
  try {
    const api = await import('@duckdb/node-api')
    // Its own dependency, so there whenever it is; it alone copies whole columns.
    const { createRequire } = await import('node:module')
    const bindings = createRequire(import.meta.resolve(PACKAGE))('@duckdb/node-bindings') as Bindings
    return { api, bindings }
  } catch (cause) {
    const { message, code } = cause as NodeJS.ErrnoException
    throw new UsageError({
      argument: 'query',
      given: code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND' ? `none beside stillhere` : `one that does not load (${message.split('\n')[0]})`,
      allowed: `the package ${PACKAGE}, which runs the SQL`,
      hint: `npm install ${PACKAGE}@1.5.6-r.1   (optional since it is 70 MB)\nOr write the tables as Parquet files and ask another engine: stillhere export FILE --as parquet --out FOLDER`,
    })
  }
}

/** What DuckDB says of a query, with the way out; anything else is a bug of ours and stays what it is. */
function asUsageError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const message = error.message.replace(/^Failed to (?:extract|prepare)[^:]*: /, '')
  if (!/^[A-Za-z ]+ Error: /.test(message)) return error
  const [first = '', ...rest] = message.split('\n').filter((line) => line.trim() !== '')
  if (first.startsWith('Out of Memory')) return new UsageError({ argument: '--memory', given: 'a query that takes more', allowed: 'an answer within the memory given', hint: 'Give it more (--memory 4GB), or group and filter before you sort or join.' })
  if (/disabled by configuration|configuration has been locked/.test(first)) return new UsageError({ argument: 'SQL', given: first.replace(/^[A-Za-z ]+ Error: /, ''), allowed: 'a question about the tables', hint: 'Files, network and settings are closed to queries: a file from elsewhere cannot ask for them.' })
  return new UsageError({ argument: 'SQL', given: first, allowed: 'a statement that DuckDB understands', hint: [...rest.slice(0, 6), 'Tables and columns: stillhere query FILE'].join('\n') })
}

/** One table as a function without arguments. DuckDB runs it on this thread, between its own. */
function tableFunction(api: DuckDb, bindings: Bindings, table: DataTable, guarded: <Value>(work: () => Value) => Value | undefined): InstanceType<DuckDb['DuckDBTableFunction']> {
  interface Scan {
    at: number
    writers: readonly Writer[]
  }
  return api.DuckDBTableFunction.create({
    name: table.name,
    supportsProjectionPushdown: true,
    bindFunction: (info) => {
      guarded(() => {
        for (const column of table.columns) info.addResultColumn(column.name, typeOf(api, column))
        info.setCardinality(table.rowCount, true)
      })
    },
    initFunction: (info) => {
      info.setMaxThreads(1)
      const scan: Scan = { at: 0, writers: info.getColumnIndexes().map((index) => writerOf(bindings, table.columns[index]!)) }
      info.setInitData(scan)
    },
    mainFunction: (info, chunk) => {
      const scan = info.initData as Scan
      const from = scan.at
      const to = Math.min(table.rowCount, from + CHUNK_ROWS)
      chunk.rowCount = to - from
      const written = guarded(() => {
        for (const [index, write] of scan.writers.entries()) write(bindings.data_chunk_get_vector(chunk.chunk, index), from, to)
        return true
      })
      if (written !== true) chunk.rowCount = 0
      scan.at = to
    },
  })
}

const CHUNK_ROWS = 2048
type Writer = (vector: Vector, from: number, to: number) => void

function typeOf({ BIGINT, BOOLEAN, DOUBLE, ENUM, UINTEGER, VARCHAR }: DuckDb, column: DataColumn): Parameters<InstanceType<DuckDb['DuckDBTableFunctionBindInfo']>['addResultColumn']>[1] {
  switch (column.type) {
    case 'whole':
      return UINTEGER
    case 'number':
      return column.isWhole ? BIGINT : DOUBLE
    case 'word':
      return ENUM(enumWords(column.words()))
    case 'text':
      return VARCHAR
    case 'flag':
      return BOOLEAN
  }
}

/**
 * The words as an ENUM may hold them: one at least, and none twice. To DuckDB's interface a text ends at its first NUL
 * and half a surrogate pair is U+FFFD, so words that differ only there are numbered.
 */
function enumWords(words: readonly string[]): string[] {
  const taken = new Set<string>()
  for (const word of words) {
    const plain = wellFormed(word).replaceAll('\0', '\u2400')
    let text = plain
    for (let number = 2; taken.has(text); number++) text = `${plain} (${number})`
    taken.add(text)
  }
  return taken.size === 0 ? [''] : [...taken]
}

/** As UTF-8 will have it. */
const wellFormed = (text: string): string => Buffer.from(text).toString()

/** Copies pieces of a column into DuckDB's vectors; whatever a chunk leaves absent is marked so. */
function writerOf(bindings: Bindings, column: DataColumn): Writer {
  const valid = new Uint8Array(CHUNK_ROWS / 8)
  const copy = (vector: Vector, data: Uint8Array | Uint16Array | Uint32Array | Float64Array<ArrayBuffer>, rows: number): void => bindings.copy_data_to_vector(vector, 0, data.buffer as ArrayBuffer, 0, rows * data.BYTES_PER_ELEMENT)
  const mark = (vector: Vector, rows: number, isAbsent: (i: number) => boolean): void => {
    let any = false
    for (let i = 0; i < rows; i++) {
      if (!isAbsent(i)) continue
      if (!any) valid.fill(255)
      any = true
      valid[i >>> 3]! &= ~(1 << (i & 7))
    }
    if (!any) return
    bindings.vector_ensure_validity_writable(vector)
    bindings.copy_data_to_vector_validity(vector, 0, valid.buffer, 0, valid.length)
  }
  switch (column.type) {
    case 'whole': {
      const values = new Uint32Array(CHUNK_ROWS)
      return (vector, from, to) => {
        column.fill(from, to, values)
        copy(vector, values, to - from)
        mark(vector, to - from, (i) => values[i] === NONE)
      }
    }
    case 'word': {
      const values = new Uint32Array(CHUNK_ROWS)
      const count = column.words().length
      const narrow = count <= 255 ? new Uint8Array(CHUNK_ROWS) : count <= 65_535 ? new Uint16Array(CHUNK_ROWS) : values
      return (vector, from, to) => {
        column.fill(from, to, values)
        if (narrow !== values) for (let i = 0; i < to - from; i++) narrow[i] = values[i] === NONE ? 0 : values[i]!
        mark(vector, to - from, (i) => values[i] === NONE)
        if (narrow === values) for (let i = 0; i < to - from; i++) if (values[i] === NONE) values[i] = 0
        copy(vector, narrow, to - from)
      }
    }
    case 'number': {
      const values = new Float64Array(CHUNK_ROWS)
      // A whole number up to 2^53 as 64 bits: two halves, since BigInt would cost an object each.
      const halves = new Uint32Array(2 * CHUNK_ROWS)
      return (vector, from, to) => {
        column.fill(from, to, values)
        if (column.isWhole) {
          for (let i = 0; i < to - from; i++) {
            const value = values[i]!
            halves[2 * i] = value // modulo 2^32, NaN becomes 0
            halves[2 * i + 1] = Math.floor(value / 0x1_0000_0000)
          }
          bindings.copy_data_to_vector(vector, 0, halves.buffer, 0, (to - from) * 8)
        } else copy(vector, values, to - from)
        mark(vector, to - from, (i) => Number.isNaN(values[i]))
      }
    }
    case 'flag': {
      const values = new Uint8Array(CHUNK_ROWS)
      return (vector, from, to) => {
        column.fill(from, to, values)
        mark(vector, to - from, (i) => values[i] === 2)
        for (let i = 0; i < to - from; i++) if (values[i] === 2) values[i] = 0
        copy(vector, values, to - from)
      }
    }
    case 'text':
      return (vector, from, to) => {
        const texts: (string | undefined)[] = []
        for (let row = from; row < to; row++) texts.push(column.text(row))
        mark(vector, to - from, (i) => texts[i] === undefined)
        for (const [i, text] of texts.entries()) if (text !== undefined) bindings.vector_assign_string_element(vector, i, text.replaceAll('\0', '\u2400'))
      }
  }
}

function cellOf(value: unknown): Cell {
  if (value === null || value === undefined || typeof value === 'boolean' || typeof value === 'string') return value ?? null
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value === 'bigint') return value >= -9_007_199_254_740_991n && value <= 9_007_199_254_740_991n ? Number(value) : value.toString()
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  if (Array.isArray(value)) return value.map((each: unknown) => cellOf(each))
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, cellOf(each)]))
}
