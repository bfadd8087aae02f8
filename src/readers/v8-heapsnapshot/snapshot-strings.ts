import type { StringTable } from '../../model/string-table.ts'

/** What a snapshot's reader asks of its strings beside what everybody does. */
export interface SnapshotStrings extends StringTable {
  /** The number of a string that the reader makes up; only while the reader runs. */
  add(text: string): number
  /** The same strings of a file that was cut: up to `count` they answer with their number. */
  padded(count: number): SnapshotStrings
  /** Numbers of the strings that begin with `prefix`. Cost: one pass over the table. */
  startingWith(prefix: string): number[]
}
