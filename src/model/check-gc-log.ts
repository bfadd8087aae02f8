import { GC_OPTIONAL_COLUMNS, type GcLog, GENERATIONS } from './gc-log.ts'

/** Checks the promises of `GcLog`. @throws Error naming the column and the place */
export function checkGcLog(log: GcLog): void {
  const { collectionCount } = log
  const columns = {
    startMs: log.startMs,
    pauseMs: log.pauseMs,
    generation: log.generation,
    cause: log.cause,
    usedBeforeBytes: log.usedBeforeBytes,
    usedAfterBytes: log.usedAfterBytes,
    committedAfterBytes: log.committedAfterBytes,
    stream: log.stream,
    ...Object.fromEntries(GC_OPTIONAL_COLUMNS.map((name) => [name, log[name]])),
  }
  for (const [name, column] of Object.entries(columns)) {
    if (column !== undefined && column.length !== collectionCount) {
      throw new Error(`gc log: ${name} has ${column.length} items when expected ${collectionCount}`)
    }
  }
  for (let collection = 0; collection < collectionCount; collection++) {
    if (log.generation[collection]! >= GENERATIONS.length) throw new Error(`gc log: generation[${collection}] is ${log.generation[collection]}`)
    if (log.cause[collection]! >= log.strings.count) throw new Error(`gc log: cause[${collection}] is not a string`)
    for (const name of ['pauseMs', 'usedBeforeBytes', 'usedAfterBytes', 'committedAfterBytes'] as const) {
      if (log[name][collection]! < 0) throw new Error(`gc log: ${name}[${collection}] is ${log[name][collection]}`)
    }
  }
}
