import type { NumberColumn } from '../../model/heap-graph.ts'

/** Where columns live: `shared` ones can be read by worker threads without a copy. */
export type Memory = 'private' | 'shared'

/** Zeroed bytes for one column. */
export function allocate(memory: Memory, bytes: number): ArrayBufferLike {
  return memory === 'shared' ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes)
}

/** A longer copy of `column`; elements behind the old end are zero. */
export function grown(memory: Memory, column: Uint8Array, length: number): Uint8Array
export function grown(memory: Memory, column: Uint32Array, length: number): Uint32Array
export function grown(memory: Memory, column: NumberColumn, length: number): NumberColumn
export function grown(memory: Memory, column: Uint8Array | NumberColumn, length: number): Uint8Array | NumberColumn {
  const buffer = allocate(memory, length * column.BYTES_PER_ELEMENT)
  const longer = column instanceof Float64Array ? new Float64Array(buffer) : column instanceof Uint8Array ? new Uint8Array(buffer) : new Uint32Array(buffer)
  longer.set(column)
  return longer
}

/** The same numbers in 64-bit floats, for a column in which one above 2^32 was met. */
export function widened(memory: Memory, column: NumberColumn): Float64Array {
  const wide = new Float64Array(allocate(memory, column.length * 8))
  wide.set(column)
  return wide
}

/**
 * How many rows to make room for at first: what the header claims, but never more than the bytes that exist could
 * hold (each number takes a digit and a comma); where the size is unknown a few, and growth does the rest.
 */
export function firstCapacity(claimed: number, fields: number, sizeBytes: number | undefined): number {
  const bound = sizeBytes === undefined ? 65_536 : Math.ceil(sizeBytes / (2 * fields)) + 1
  return Math.max(1, Math.min(claimed, bound))
}

/** The next capacity when `capacity` was not enough for `needed`. */
export function nextCapacity(capacity: number, needed: number): number {
  return Math.max(needed, Math.ceil(capacity * 1.6) + 1024)
}
