import { GC_OPTIONAL_COLUMNS, type GcLog, GENERATIONS } from './gc-log.ts'

/** Checks the promises of `GcLog`. @throws Error naming the column and the place */
export function checkGcLog(log: GcLog): void {
  const { rowCount } = log
  const columns = {
    startMs: log.startMs,
    pauseMs: log.pauseMs,
    generation: log.generation,
    cause: log.cause,
    usedBeforeBytes: log.usedBeforeBytes,
    usedAfterBytes: log.usedAfterBytes,
    committedAfterBytes: log.committedAfterBytes,
    stream: log.stream,
    collections: log.collections,
    ...Object.fromEntries(GC_OPTIONAL_COLUMNS.map((name) => [name, log[name]])),
  }
  for (const [name, column] of Object.entries(columns)) {
    if (column !== undefined && column.length !== rowCount) {
      throw new Error(`gc log: ${name} has ${column.length} items when expected ${rowCount}`)
    }
  }
  let counted = 0
  for (let row = 0; row < rowCount; row++) {
    counted += log.collections?.[row] ?? 1
    if (log.generation[row]! >= GENERATIONS.length) throw new Error(`gc log: generation[${row}] is ${log.generation[row]}`)
    if (log.cause[row]! >= log.strings.count) throw new Error(`gc log: cause[${row}] is not a string`)
    for (const name of ['pauseMs', 'usedBeforeBytes', 'usedAfterBytes', 'committedAfterBytes'] as const) {
      if (log[name][row]! < 0) throw new Error(`gc log: ${name}[${row}] is ${log[name][row]}`)
    }
  }
  if (counted !== log.collectionCount) throw new Error(`gc log: the rows stand for ${counted} collections when expected ${log.collectionCount}`)
}
