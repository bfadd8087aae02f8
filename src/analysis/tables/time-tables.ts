import type { DataTable } from '../../model/data-table.ts'
import { GC_OPTIONAL_COLUMNS, GENERATIONS, type GcLog } from '../../model/gc-log.ts'
import type { MemorySeries } from '../../model/memory-series.ts'
import { kinds, numbers, rowNumbers, wholes, words } from './columns.ts'

const snake = (name: string): string => name.replaceAll('-', '_').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** Memory over time: a sample a row, a column for each metric. */
export function samplesTable({ timeMs, epoch, metrics, sampleCount }: MemorySeries): DataTable {
  return {
    name: 'samples',
    about: 'one moment of a process',
    rowCount: sampleCount,
    columns: [
      numbers('time_ms', 'since the epoch, or since the recording began', timeMs, { isWhole: false }),
      wholes('epoch', 'rises when the process was restarted', epoch ?? new Uint32Array(sampleCount)),
      ...Array.from(metrics, ([name, column]) => numbers(snake(name), name.endsWith('-count') || name.endsWith('-total') ? 'a count' : 'bytes', column, { isWhole: false })),
    ],
  }
}

/** What a collector did: a collection a row. */
export function collectionsTable(log: GcLog): DataTable {
  const named = (name: 'startMs' | 'pauseMs' | 'usedBeforeBytes' | 'usedAfterBytes' | 'committedAfterBytes' | (typeof GC_OPTIONAL_COLUMNS)[number], column: Float64Array) => numbers(snake(name), name.endsWith('Ms') ? 'milliseconds' : name.endsWith('Bytes') ? 'bytes' : 'a count', column, { isWhole: false })
  return {
    name: 'collections',
    about: 'one garbage collection',
    rowCount: log.rowCount,
    columns: [
      rowNumbers('collection', 'in the order of the log'),
      kinds('generation', 'minor, major or mixed', log.generation, GENERATIONS),
      words('cause', 'as the log has it', log.rowCount, log.strings, (row) => log.cause[row]!),
      ...(log.collections === undefined ? [] : [wholes('collections', 'how many collections of a very long log share this row', log.collections)]),
      ...(['startMs', 'pauseMs', 'usedBeforeBytes', 'usedAfterBytes', 'committedAfterBytes'] as const).map((name) => named(name, log[name])),
      ...GC_OPTIONAL_COLUMNS.flatMap((name) => (log[name] === undefined ? [] : [named(name, log[name])])),
    ],
  }
}
