import { readSync } from 'node:fs'
import type { EdgeColumns } from '../../readers/v8-heapsnapshot/edge-columns.ts'
import { BackwardRows } from '../../readers/v8-heapsnapshot/backward-rows.ts'

/** How much of a file one thread takes at a time. */
export const BLOCK_BYTES = 1 << 20

/** More than any row of an edge. */
const CARRY_BYTES = 1 << 10

/**
 * The blocks of one array, shared out between two threads: one takes them from the front, one from the back, until
 * none is left. Each ticket is one block, so they never meet in the same one.
 */
export class Blocks {
  readonly tickets: Int32Array
  readonly from: number
  readonly to: number
  readonly count: number
  #mine = 0

  constructor(from: number, to: number, tickets: Int32Array = new Int32Array(new SharedArrayBuffer(4))) {
    this.from = from
    this.to = to
    this.tickets = tickets
    this.count = Math.ceil((to - from) / BLOCK_BYTES)
  }

  /** The next block from the front, or undefined. */
  nextFront(): { from: number; to: number } | undefined {
    if (Atomics.add(this.tickets, 0, 1) >= this.count) return undefined
    return this.#block(this.#mine++)
  }

  nextBack(): { from: number; to: number } | undefined {
    if (Atomics.add(this.tickets, 0, 1) >= this.count) return undefined
    return this.#block(this.count - 1 - this.#mine++)
  }

  #block(number: number): { from: number; to: number } {
    const from = this.from + number * BLOCK_BYTES
    return { from, to: Math.min(this.to, from + BLOCK_BYTES) }
  }
}

/** Fills `into` with bytes of the file; false at its end. */
export function readFully(file: number, into: Uint8Array, from: number): boolean {
  let done = 0
  while (done < into.length) {
    const read = readSync(file, into, done, into.length - done, from + done)
    if (read === 0) return false
    done += read
  }
  return true
}

/** What the thread at the back did. */
export interface BackPart {
  rows: number
  /** Where the earliest row it took begins in the file; the array's end when it took none. */
  begin: number
  maxName: number
}

/**
 * Reads edges from the back, block by block, straight into their final places.
 * @returns undefined at anything unusual: then the file is for the ordinary reader, which says what is wrong
 */
export function readEdgesFromBack(file: number, blocks: Blocks, edges: EdgeColumns): BackPart | undefined {
  const buffer = new Uint8Array(BLOCK_BYTES + CARRY_BYTES)
  let next = edges.capacity
  const scanner = new BackwardRows(3, (batch, from, rowCount) => {
    next -= rowCount
    if (next >= 0) edges.put(batch, from, rowCount, next)
  })
  let carry = 0
  let begin = blocks.to
  for (let block = blocks.nextBack(); block !== undefined; block = blocks.nextBack()) {
    const length = block.to - block.from
    buffer.copyWithin(length, 0, carry)
    if (!readFully(file, buffer.subarray(0, length), block.from)) return undefined
    let end = length + carry
    while (end > 0 && isSeparator(buffer[end - 1]!)) end--
    const taken = scanner.push(buffer, end)
    if (taken < 0 || next < 0) return undefined
    carry = taken
    if (carry > CARRY_BYTES) return undefined
    if (taken < end) begin = block.from + taken
  }
  return { rows: edges.capacity - next, begin, maxName: edges.maxName }
}

function isSeparator(byte: number): boolean {
  return byte === 44 || byte === 10 || byte === 13 || byte === 32
}
