import { readSync } from 'node:fs'
import { EdgeColumns, edgeRows } from '../../readers/v8-heapsnapshot/edge-columns.ts'
import { BadText } from '../../readers/v8-heapsnapshot/number-rows.ts'
import type { Header } from '../../readers/v8-heapsnapshot/header.ts'

/** How much of a file one thread takes at a time: no more than stays in its processor's cache until it is scanned. */
export const BLOCK_BYTES = 1 << 18

/** More than any row of an edge. */
const CARRY_BYTES = 1 << 10

/** `0,0,0,` */
const BYTES_OF_SHORTEST_ROW = 6
const COMMA = 44
const BLANK = 32

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
 * Reads edges from the back, block by block. Each block goes into columns of its own first, since which row its first
 * one is shows only once its rows are counted, and from there to its place.
 * @returns undefined at anything unusual: then the file is for the ordinary reader, which says what is wrong
 */
export function readEdgesFromBack(file: number, blocks: Blocks, edges: EdgeColumns, header: Header): BackPart | undefined {
  const block = new EdgeColumns(header, header.nodeCount, Math.ceil(BLOCK_BYTES / BYTES_OF_SHORTEST_ROW), undefined, 'private')
  const buffer = new Uint8Array(BLOCK_BYTES + CARRY_BYTES)
  let next = edges.capacity
  let begin = blocks.to
  let carry = 1
  let maxName = 0
  buffer[0] = BLANK // ends the last number
  for (let part = blocks.nextBack(); part !== undefined; part = blocks.nextBack()) {
    const length = part.to - part.from
    buffer.copyWithin(length, 0, carry) // the end of the row that begins in this block
    if (!readFully(file, buffer.subarray(0, length), part.from)) return undefined
    const firstRow = readWholeRows(buffer.subarray(0, length + carry), part.from === blocks.from, block, header)
    next -= block.count
    if (firstRow === undefined || firstRow > CARRY_BYTES || next < 0) return undefined
    edges.target.set(block.target.subarray(0, block.count), next)
    edges.kind.set(block.kind.subarray(0, block.count), next)
    edges.name.set(block.name.subarray(0, block.count), next)
    maxName = Math.max(maxName, block.maxName)
    begin = part.from + firstRow
    carry = firstRow
  }
  return { rows: edges.capacity - next, begin, maxName }
}

/**
 * Reads the rows of a block that ends with a whole one; returns where the first whole one begins. That is behind one of
 * the first three commas: rows from there must be edges, and come out even at the end. Taken for rows from elsewhere,
 * numbers are soon refused.
 */
function readWholeRows(bytes: Uint8Array, isFirstBlock: boolean, block: EdgeColumns, header: Header): number | undefined {
  let firstRow = 0
  for (let tries = 0; tries < 3; tries++) {
    if (!isFirstBlock) firstRow = bytes.indexOf(COMMA, firstRow) + 1
    block.count = 0
    block.maxName = 0 // numbers read as what they are not tell nothing
    const rows = edgeRows(header, () => block)
    try {
      rows.push(bytes, firstRow, bytes.length)
      if (rows.leftover === 0) return firstRow
    } catch (error) {
      if (!(error instanceof BadText)) throw error
    }
  }
  return undefined
}
