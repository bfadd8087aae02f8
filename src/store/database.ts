import type { DatabaseSync } from 'node:sqlite'
import { StoreError } from '../base/errors.ts'

/**
 * Opens the one file the store lives in; the only place that names the driver (`node:sqlite`, which is part of Node: nothing
 * to install, nothing to compile). Node 22 warns that it is experimental; that one warning is held back, all others pass.
 */

/** Raised when a table is added or changes its meaning; 2 added reports, 3 how many samples a process has. A file of a newer schema is refused, not guessed at. */
export const STORE_SCHEMA = 3

const TABLES = `
CREATE TABLE IF NOT EXISTS process (
  id INTEGER PRIMARY KEY, pid INTEGER NOT NULL, started_ms REAL NOT NULL, command TEXT NOT NULL, runtime TEXT,
  first_ms REAL NOT NULL, last_ms REAL NOT NULL, limit_bytes REAL, thinned_until_ms REAL NOT NULL DEFAULT 0,
  samples INTEGER NOT NULL DEFAULT 0,
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
CREATE TRIGGER IF NOT EXISTS sample_added AFTER INSERT ON sample BEGIN
  UPDATE process SET samples = samples + 1, last_ms = max(last_ms, new.time_ms) WHERE id = new.process;
END;
CREATE TRIGGER IF NOT EXISTS sample_removed AFTER DELETE ON sample BEGIN
  UPDATE process SET samples = samples - 1 WHERE id = old.process;
END;
`

/** What a file of an older schema does not know of itself yet. Counting reads all of it, once. */
const CATCH_UP = `
ALTER TABLE process ADD COLUMN samples INTEGER NOT NULL DEFAULT 0;
UPDATE process SET samples = (SELECT count(*) FROM sample s WHERE s.process = process.id);
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
    if (versionOf(path, database) < STORE_SCHEMA) migrate(path, database)
  } catch (error) {
    database.close()
    throw error instanceof StoreError ? error : storeError(path, 'reading its schema', error)
  }
  return database
}

/** @throws StoreError when a newer version wrote it */
function versionOf(path: string, database: DatabaseSync): number {
  const version = Number((database.prepare('PRAGMA user_version').get() as { user_version: number }).user_version)
  if (version > STORE_SCHEMA) {
    throw new StoreError({ path, step: 'opening it', problem: `it was written by a newer stillhere (schema ${version}, this one knows ${STORE_SCHEMA})`, hint: 'Update stillhere, or name another file with --store.' })
  }
  return version
}

/** One watcher does it, and another that opens the file meanwhile waits and finds it done. */
function migrate(path: string, database: DatabaseSync): void {
  database.exec('BEGIN IMMEDIATE')
  try {
    const version = versionOf(path, database)
    if (version < STORE_SCHEMA) database.exec(`${version === 0 ? '' : CATCH_UP} ${TABLES} PRAGMA user_version = ${STORE_SCHEMA};`)
    database.exec('COMMIT')
  } catch (error) {
    database.exec('ROLLBACK')
    throw error
  }
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
