import { lastBegin, NumberCursor } from './number-cursor.ts'

/**
 * Scans a JSON array of whole numbers, given in chunks of any length, and hands them over in whole rows: as batches, so
 * that the sink's loop is short. Big arrays have a way of their own beside it, straight from the bytes into columns: it
 * takes rows as they usually are, all others come here, where what is wrong with them is said.
 * Cost: one pass over the bytes; one batch of numbers, reused.
 */

/** A number that does not fit into 32 bits without a sign: an id, a huge size, a time. */
export interface Wide {
  /** Where it stands in the batch, which has 0 there. */
  index: number
  value: number
}

/**
 * Takes rows: `rowCount` rows of `fields` numbers each, the first at `batch[0]`. The few numbers that need more than 32
 * bits come beside: so all others stay whole numbers of the machine.
 */
export type RowSink = (batch: Uint32Array, rowCount: number, wides: readonly Wide[]) => void

/**
 * Takes rows straight from the bytes, the first one beginning at `from`, as long as they begin at `last` at the latest and
 * there is nothing unusual about them. Returns where the first row begins that it did not take.
 */
export type StraightScanner = (bytes: Uint8Array, from: number, last: number) => number

/** All numbers of a batch in one list. Cost: nothing as long as none is wide. */
export function valuesOf(batch: Uint32Array, count: number, wides: readonly Wide[]): ArrayLike<number> {
  if (wides.length === 0) return batch
  const values = Float64Array.from(batch.subarray(0, count))
  for (const { index, value } of wides) values[index] = value
  return values
}

/** What is wrong with a number, found by a sink: its index in the batch, and the words. */
export class BadNumber extends Error {
  readonly index: number
  readonly what: string
  readonly expected: string
  readonly found: string

  constructor(index: number, what: string, expected: string, found: string) {
    super(`${what}: expected ${expected}, found ${found}`)
    this.index = index
    this.what = what
    this.expected = expected
    this.found = found
  }
}

/** What is wrong with the text of an array, and at which byte of the chunk. */
export class BadText extends Error {
  readonly at: number
  readonly expected: string
  readonly found: string

  constructor(at: number, expected: string, found: string) {
    super(`expected ${expected}, found ${found}`)
    this.at = at
    this.expected = expected
    this.found = found
  }
}

const BATCH_NUMBERS = 2048
const MOST_STRETCH = 1 << 24
const COMMA = 44
const MINUS = 45
const NEWLINE = 10
const CLOSE = 93

const STATE = { value: 0, digits: 1, separator: 2 } as const
type State = (typeof STATE)[keyof typeof STATE]

export class NumberRows {
  readonly #fields: number
  readonly #sink: RowSink
  readonly #straight: StraightScanner | undefined
  readonly #cursor = new NumberCursor()
  /**
   * How far the straight way goes at a time. Short at first: V8 compiles a loop as far as it has seen it run, and where
   * it has never seen the end it gives the compiled code up there, each time anew.
   */
  #stretch = 1 << 10
  readonly #batch: Uint32Array
  readonly #capacity: number
  #count = 0
  /** Numbers at the front of the batch that came with an earlier flush. */
  #carried = 0
  #wides: Wide[] = []
  #state: State = STATE.value
  #value = 0
  #sign = 1
  #digits = 0
  #isEmpty = true
  isDone = false

  constructor(fields: number, sink: RowSink, straight?: StraightScanner) {
    this.#fields = fields
    this.#sink = sink
    this.#straight = straight
    // Behind a row that is not for the straight way that way is tried again.
    this.#capacity = straight === undefined ? Math.max(1, Math.floor(BATCH_NUMBERS / fields)) * fields : fields
    this.#batch = new Uint32Array(this.#capacity + 1)
  }

  /** Numbers of the row that has begun and is not whole. */
  get leftover(): number {
    return this.#count
  }

  /** No number has come so far. */
  get isEmpty(): boolean {
    return this.#isEmpty
  }

  /** Expects nothing but the closing bracket from here on. */
  finishElsewhere(): void {
    this.#state = STATE.separator
  }

  /** Scans from `from`; returns where it stopped: behind the closing bracket, or at the end of the chunk. */
  push(bytes: Uint8Array, from: number, to: number): number {
    const lastRow = this.#straight === undefined ? -1 : lastBegin(bytes, from, to, this.#fields)
    const lastNumber = lastBegin(bytes, from, to, 1)
    const cursor = this.#cursor
    const batch = this.#batch
    const capacity = this.#capacity
    let count = this.#count
    let at = from
    let batchFrom = from
    for (;;) {
      if (this.#state === STATE.value) {
        if (this.#straight !== undefined && count === 0 && at <= lastRow) {
          let begin: number
          do {
            begin = at
            at = this.#straight(bytes, at, Math.min(lastRow, at + this.#stretch))
            this.#stretch = Math.min(this.#stretch * 2, MOST_STRETCH)
            if (at > begin) this.#isEmpty = false
          } while (at > begin && at <= lastRow)
          batchFrom = at
        }
        cursor.at = at
        while (cursor.at <= lastNumber && count < capacity) {
          const value = cursor.next(bytes)
          if (value < 0) break
          batch[count++] = value
        }
        at = cursor.at
        if (count === capacity) {
          count = this.#flush(bytes, batchFrom, count)
          batchFrom = at
          continue
        }
      }
      if (at >= to) break
      // The slow path: one byte.
      const byte = bytes[at]!
      if (this.#state === STATE.value) {
        if (byte >= 48 && byte <= 57) {
          this.#value = byte - 48
          this.#sign = 1
          this.#digits = 1
          this.#state = STATE.digits
        } else if (byte === MINUS) {
          this.#value = 0
          this.#sign = -1
          this.#digits = 0
          this.#state = STATE.digits
        } else if (byte === CLOSE && this.#isEmpty && count === 0) {
          return this.#close(bytes, batchFrom, at, count)
        } else if (!isBlank(byte)) throw new BadText(at, 'a whole number', foundByte(bytes, at))
      } else if (this.#state === STATE.digits) {
        if (byte >= 48 && byte <= 57) {
          this.#value = this.#value * 10 + (byte - 48)
          if (++this.#digits > 20) throw new BadText(at, 'a number of at most 20 digits', 'a longer one')
        } else {
          if (this.#digits === 0) throw new BadText(at, 'a digit after the minus', foundByte(bytes, at))
          this.#store(count++)
          this.#state = STATE.separator
          if (count === capacity) {
            count = this.#flush(bytes, batchFrom, count)
            batchFrom = at
          }
          continue
        }
      } else if (byte === COMMA) {
        this.#state = STATE.value
      } else if (byte === CLOSE) {
        return this.#close(bytes, batchFrom, at, count)
      } else if (!isBlank(byte)) throw new BadText(at, 'a comma or the end of the array', foundByte(bytes, at))
      at++
    }
    this.#count = this.#flush(bytes, batchFrom, count)
    return at
  }

  /** Hands the whole rows over, moves the beginning of the next one to the front; returns how long that is. */
  #flush(bytes: Uint8Array, batchFrom: number, count: number): number {
    const batch = this.#batch
    const rows = Math.floor(count / this.#fields)
    if (rows > 0) {
      try {
        this.#sink(batch, rows, this.#wides)
      } catch (error) {
        if (!(error instanceof BadNumber)) throw error
        throw new BadText(placeOf(bytes, batchFrom, error.index - this.#carried), `${error.expected} in ${error.what}`, error.found)
      }
    }
    if (count > 0) this.#isEmpty = false
    const used = rows * this.#fields
    batch.copyWithin(0, used, count)
    if (this.#wides.length > 0) this.#wides = this.#wides.filter(({ index }) => index >= used).map(({ index, value }) => ({ index: index - used, value }))
    this.#carried = count - used
    return count - used
  }

  /** Stores the number that the slow path has put together. */
  #store(index: number): void {
    const value = this.#value * this.#sign
    const isWide = value < 0 || value > 0xffffffff
    this.#batch[index] = isWide ? 0 : value
    if (isWide) this.#wides.push({ index, value })
  }

  #close(bytes: Uint8Array, batchFrom: number, at: number, count: number): number {
    this.#count = this.#flush(bytes, batchFrom, count)
    this.isDone = true
    return at + 1
  }
}

function isBlank(byte: number): boolean {
  return byte === NEWLINE || byte === 32 || byte === 13 || byte === 9
}

/** A few bytes of the input for an error message. */
export function foundByte(bytes: Uint8Array, at: number): string {
  const text = Array.from(bytes.subarray(at, at + 12), (byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('')
  return `"${text}"`
}

/** Where the number `index` of the array stands, counted from `from`; below 0 it began in an earlier chunk. */
function placeOf(bytes: Uint8Array, from: number, index: number): number {
  let at = from
  for (let left = index; left > 0 && at < bytes.length; at++) if (bytes[at] === COMMA) left--
  while (at < bytes.length && (isBlank(bytes[at]!) || bytes[at] === COMMA)) at++
  return at
}
