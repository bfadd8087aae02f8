import type { DatabaseSync } from 'node:sqlite'
import { StoreError } from '../base/errors.ts'

/**
 * Opens the one file the store lives in; the only place that names the driver (`node:sqlite`, which is part of Node: nothing
 * to install, nothing to compile). Node 22 warns that it is experimental; that one warning is held back, all others pass.
 */

/** Raised when a table is added or changes its meaning; 2 added reports. A file of a newer schema is refused, not guessed at. */
export const STORE_SCHEMA = 2

const TABLES = `
CREATE TABLE IF NOT EXISTS process (
  id INTEGER PRIMARY KEY, pid INTEGER NOT NULL, started_ms REAL NOT NULL, command TEXT NOT NULL, runtime TEXT,
  first_ms REAL NOT NULL, last_ms REAL NOT NULL, limit_bytes REAL, thinned_until_ms REAL NOT NULL DEFAULT 0,
  UNIQUE (pid, started_ms, command)
);
CREATE TABLE IF NOT EXISTS sample (
  process INTEGER NOT NULL REFERENCES process (id) ON DELETE CASCADE, time_ms REAL NOT NULL, metrics BLOB NOT NULL,
  PRIMARY KEY (process, time_ms)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS verdict (
  id INTEGER PRIMARY KEY, process INTEGER NOT NULL REFERENCES process (id) ON DELETE CASCADE, time_ms REAL NOT NULL,
  name TEXT NOT NULL, confidence REAL NOT NULL, json TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS verdict_process ON verdict (process, time_ms);
CREATE TABLE IF NOT EXISTS report (
  id INTEGER PRIMARY KEY, process INTEGER NOT NULL REFERENCES process (id) ON DELETE CASCADE, time_ms REAL NOT NULL, json TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS report_process ON report (process, time_ms);
`

export async function openDatabase(path: string): Promise<DatabaseSync> {
  const { DatabaseSync: Driver } = await quietly(() => import('node:sqlite'))
  let database: DatabaseSync
  try {
    database = new Driver(path)
    // Two watchers may share one file: readers never wait in WAL mode, writers wait for each other this long.
    database.exec('PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;')
  } catch (error) {
    throw storeError(path, 'opening it', error)
  }
  try {
    const version = Number((database.prepare('PRAGMA user_version').get() as { user_version: number }).user_version)
    if (version > STORE_SCHEMA) {
      throw new StoreError({ path, step: 'opening it', problem: `it was written by a newer stillhere (schema ${version}, this one knows ${STORE_SCHEMA})`, hint: 'Update stillhere, or name another file with --store.' })
    }
    if (version < STORE_SCHEMA) database.exec(`BEGIN IMMEDIATE; ${TABLES} PRAGMA user_version = ${STORE_SCHEMA}; COMMIT;`)
  } catch (error) {
    database.close()
    throw error instanceof StoreError ? error : storeError(path, 'reading its schema', error)
  }
  return database
}

/** A trouble of the driver in our words. */
export function storeError(path: string, step: string, error: unknown): StoreError {
  const problem = error instanceof Error ? error.message : String(error)
  const hint = /disk is full|disk I\/O/i.test(problem)
    ? 'Free some space; what was written before is safe.'
    : /locked|busy/i.test(problem)
      ? 'Another program holds it. Wait, or name another file with --store.'
      : /not a database|malformed/i.test(problem)
        ? 'The file is damaged or something else. Move it away and start anew.'
        : /unable to open|readonly/i.test(problem)
          ? 'Does the folder exist, and may this user write there? Name another file with --store.'
          : undefined
  return new StoreError({ path, step, problem, ...(hint === undefined ? {} : { hint }), cause: error })
}

async function quietly<T>(load: () => Promise<T>): Promise<T> {
  const emit = process.emitWarning
  process.emitWarning = ((warning: string | Error, ...rest: never[]) => {
    const text = typeof warning === 'string' ? warning : warning.message
    if (!/SQLite is an experimental feature/.test(text)) (emit as (...all: unknown[]) => void)(warning, ...rest)
  }) as typeof process.emitWarning
  try {
    return await load()
  } finally {
    process.emitWarning = emit
  }
}
