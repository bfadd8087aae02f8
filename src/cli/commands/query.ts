import { countText } from '../../base/bytes-text.ts'
import { UsageError } from '../../base/errors.ts'
import { parseSize } from '../../jobs/advise-gc.ts'
import { queryFile, tablesOf } from '../../jobs/query.ts'
import { rowCsv, rowJson, rowsText } from '../../render/rows.ts'
import { hang } from '../../render/wrap.ts'
import { addCacheOption, cacheOf, type CacheValue } from '../cache-option.ts'
import type { DefineCommand } from '../command.ts'
import { addExamples } from '../report-options.ts'
import type { Shell } from '../shell.ts'
import { durationArgument, wholeNumber } from './target-options.ts'

interface QueryOptions {
  csv?: true
  json?: true
  rows: number
  timeout?: number
  memory?: string
  format?: string
  cache?: CacheValue
}

export const define: DefineCommand = (command, shell) => {
  addCacheOption(command)
    .description('Ask a heap, profile, memory series or GC log in SQL. Without SQL: which tables it has.')
    .argument('<file>', 'a file of any format in `stillhere formats`')
    .argument('[sql]', 'a query for DuckDB')
    .option('--csv', 'print all rows as CSV')
    .option('--json', 'print all rows as a JSON array of objects')
    .option('--rows <n>', 'rows shown as text', wholeNumber(1), 50)
    .option('--timeout <time>', 'give up after this long: 10s, 2m', durationArgument)
    .option('--memory <size>', 'what the query may take: 512Mi, 4GiB (half of what is free)')
    .option('--format <name>', 'do not recognize the format, use this reader')
  addExamples(command, [
    ['stillhere query heap.heapsnapshot', 'the tables and their columns'],
    ["stillhere query heap.heapsnapshot 'SELECT class, count(*) AS n FROM nodes GROUP BY class ORDER BY n DESC LIMIT 10'", 'the ten most frequent classes'],
    ["stillhere query heap.hprof 'FROM classes LIMIT 20' --csv", 'for a spreadsheet'],
  ])
  command.action(async (file: string, sql: string | undefined, options: QueryOptions) => {
    if (options.csv === true && options.json === true) throw new UsageError({ argument: '--csv', given: '--json as well', allowed: 'one of the two' })
    const plan = { file, format: options.format, cache: cacheOf(options.cache) }
    if (sql === undefined) return showTables(await tablesOf(plan, shell.run), shell)
    const memoryBytes = options.memory === undefined ? undefined : parseSize(options.memory, '--memory')
    await queryFile({ ...plan, sql, memoryBytes, timeoutMs: options.timeout }, shell.run, async ({ columns, rows }) => {
      if (options.csv === true) {
        shell.write(rowCsv(columns))
        for await (const part of rows) shell.write(part.map(rowCsv).join(''))
      } else if (options.json === true) {
        let before = '[\n'
        for await (const part of rows) {
          if (part.length > 0) shell.write(before + part.map((row) => rowJson(columns, row)).join(',\n'))
          before = part.length > 0 ? ',\n' : before
        }
        shell.write(before === '[\n' ? '[]\n' : '\n]\n')
      } else {
        const shown: (readonly unknown[])[] = []
        for await (const part of rows) {
          shown.push(...part.slice(0, options.rows + 1 - shown.length))
          if (shown.length > options.rows) break // the rest is not even computed
        }
        shell.write(`${rowsText(columns, shown.slice(0, options.rows), { columns: shell.isTerminal ? shell.columns : 200 }).join('\n')}\n`)
        if (shown.length > options.rows) shell.tell(`and more: --rows N shows N of them, --csv and --json all`)
      }
    })
  })
}

function showTables(tables: Awaited<ReturnType<typeof tablesOf>>, shell: Shell): void {
  for (const { name, about, rowCount, columns } of tables) {
    shell.write(`${hang(`${name}  `, `${countText(rowCount)} rows: ${about}`, shell.columns).join('\n')}\n`)
    const width = Math.max(...columns.map((column) => column.name.length))
    for (const column of columns) shell.write(`${hang(`  ${column.name.padEnd(width)}  `, column.about, shell.columns).join('\n')}\n`)
    shell.write('\n')
  }
}
