/**
 * Scans a JSON array of whole numbers, given in chunks of any length, and hands them over in whole rows.
 *
 * This is where most of the time of reading goes: digits are unrolled (a loop over digits runs at half the speed),
 * and a row is handed over as part of a batch, so that the sink's loop is short and its columns stay in registers.
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

const BATCH_NUMBERS = 8192
const COMMA = 44
const MINUS = 45
const NEWLINE = 10
const CLOSE = 93

const STATE = { value: 0, digits: 1, separator: 2 } as const
type State = (typeof STATE)[keyof typeof STATE]

export class NumberRows {
  readonly #fields: number
  readonly #sink: RowSink
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
  /** Whole numbers seen so far, over all chunks. */
  total = 0
  isDone = false

  constructor(fields: number, sink: RowSink) {
    this.#fields = fields
    this.#sink = sink
    this.#capacity = Math.floor(BATCH_NUMBERS / fields) * fields
    this.#batch = new Uint32Array(this.#capacity + 1)
  }

  /** Numbers of the row that has begun and is not whole. */
  get leftover(): number {
    return this.#count
  }

  /** Expects nothing but the closing bracket from here on. */
  finishElsewhere(): void {
    this.#state = STATE.separator
  }

  /** Scans from `from`; returns where it stopped: behind the closing bracket, or at the end of the chunk. */
  push(bytes: Uint8Array, from: number, to: number): number {
    const batch = this.#batch
    const capacity = this.#capacity
    let count = this.#count
    let at = from
    let batchFrom = from
    const lastFast = to - 24
    for (;;) {
      if (this.#state === STATE.value) {
        // The fast path: a number that is whole in this chunk, and its comma.
        while (at < lastFast) {
          let digit = bytes[at]! - 48
          if (digit >>> 0 > 9) break
          let value = digit
          if ((digit = bytes[at + 1]! - 48) >>> 0 > 9) at += 1
          else {
            value = value * 10 + digit
            if ((digit = bytes[at + 2]! - 48) >>> 0 > 9) at += 2
            else {
              value = value * 10 + digit
              if ((digit = bytes[at + 3]! - 48) >>> 0 > 9) at += 3
              else {
                value = value * 10 + digit
                if ((digit = bytes[at + 4]! - 48) >>> 0 > 9) at += 4
                else {
                  value = value * 10 + digit
                  if ((digit = bytes[at + 5]! - 48) >>> 0 > 9) at += 5
                  else {
                    value = value * 10 + digit
                    if ((digit = bytes[at + 6]! - 48) >>> 0 > 9) at += 6
                    else {
                      value = value * 10 + digit
                      if ((digit = bytes[at + 7]! - 48) >>> 0 > 9) at += 7
                      else {
                        value = value * 10 + digit
                        if ((digit = bytes[at + 8]! - 48) >>> 0 > 9) at += 8
                        else {
                          value = value * 10 + digit
                          if ((digit = bytes[at + 9]! - 48) >>> 0 <= 9) break // ten digits and more: the slow path
                          at += 9
                        }
                      }
                    }
                  }
                }
              }
            }
          }
          batch[count++] = value
          if (digit === COMMA - 48) at++
          else if (digit === NEWLINE - 48 && bytes[at + 1] === COMMA) at += 2
          else {
            this.#state = STATE.separator
            if (count === capacity) {
              count = this.#flush(bytes, batchFrom, count)
              batchFrom = at
            }
            break
          }
          if (count === capacity) {
            count = this.#flush(bytes, batchFrom, count)
            batchFrom = at
          }
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
        } else if (byte === CLOSE && this.total === 0 && count === 0) {
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
    this.total += count - this.#carried
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
