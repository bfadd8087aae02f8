/**
 * Scans rows of whole numbers from the end of an array towards its beginning. Where a row ends is known at the end of
 * an array, never in its middle; so two threads can share one array, one from each end, without guessing.
 *
 * Cost: as scanning forwards.
 */

/** Takes rows: `rowCount` rows, the first at `batch[from]`; they stand right before those of the call before. */
export type BackwardSink = (batch: Uint32Array, from: number, rowCount: number) => void

const BATCH_NUMBERS = 8192
const COMMA = 44
const NEWLINE = 10

export class BackwardRows {
  readonly #fields: number
  readonly #sink: BackwardSink
  readonly #batch: Uint32Array

  constructor(fields: number, sink: BackwardSink) {
    this.#fields = fields
    this.#sink = sink
    this.#batch = new Uint32Array(Math.floor(BATCH_NUMBERS / fields) * fields)
  }

  /**
   * Scans bytes[0 … end), which must end with a whole row. Returns where the earliest row that was taken begins: what
   * stands before it is the end of a row that begins earlier, and must stand at the end of the next call's bytes.
   * Returns −1 at anything unusual (a number above 2^32, a sign, blanks): then the array is for the forward scanner.
   */
  push(bytes: Uint8Array, end: number): number {
    const batch = this.#batch
    const fields = this.#fields
    let filled = batch.length
    let at = end - 1
    let rowBegin = end // of the earliest whole row so far
    let inRow = 0
    while (at >= 24) {
      // One number, its last digit first; `at` ends on the byte before it.
      let digit = bytes[at]! - 48
      if (digit >>> 0 > 9) return -1
      let value = digit
      if ((digit = bytes[at - 1]! - 48) >>> 0 > 9) at -= 1
      else {
        value += digit * 10
        if ((digit = bytes[at - 2]! - 48) >>> 0 > 9) at -= 2
        else {
          value += digit * 100
          if ((digit = bytes[at - 3]! - 48) >>> 0 > 9) at -= 3
          else {
            value += digit * 1000
            if ((digit = bytes[at - 4]! - 48) >>> 0 > 9) at -= 4
            else {
              value += digit * 10_000
              if ((digit = bytes[at - 5]! - 48) >>> 0 > 9) at -= 5
              else {
                value += digit * 100_000
                if ((digit = bytes[at - 6]! - 48) >>> 0 > 9) at -= 6
                else {
                  value += digit * 1_000_000
                  if ((digit = bytes[at - 7]! - 48) >>> 0 > 9) at -= 7
                  else {
                    value += digit * 10_000_000
                    if ((digit = bytes[at - 8]! - 48) >>> 0 > 9) at -= 8
                    else {
                      value += digit * 100_000_000
                      at -= 9
                      let scale = 1_000_000_000 // ten digits and more are rare: flags of sparse arrays
                      for (digit = bytes[at]! - 48; digit >>> 0 <= 9; digit = bytes[at]! - 48) {
                        if (at <= 1 || scale > 1e15) return -1
                        value += digit * scale
                        scale *= 10
                        at--
                      }
                      if (value > 0xffffffff) return -1
                    }
                  }
                }
              }
            }
          }
        }
      }
      batch[--filled] = value
      if (++inRow === fields) {
        inRow = 0
        rowBegin = at + 1
        if (filled === 0) {
          this.#sink(batch, 0, batch.length / fields)
          filled = batch.length
        }
      }
      if (digit === COMMA - 48) {
        at--
        if (bytes[at] === NEWLINE) at--
      } else return -1
    }
    // A row that has begun and is not whole is scanned again with what stands before it.
    const from = filled + inRow
    if (from < batch.length) this.#sink(batch, from, (batch.length - from) / fields)
    return rowBegin
  }
}
