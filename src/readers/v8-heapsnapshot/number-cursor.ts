const COMMA = 44
const NEWLINE = 10
const ZERO = 48

/** Digits of the longest number the cursor reads: it stays below 2^31, a whole number of the machine. */
const MAX_DIGITS = 9

/**
 * Walks over a JSON array of whole numbers as V8 writes them: digits and a comma, a newline before it at most. Anything
 * else (signs, blanks, ten digits and more, the end of the array) is left to the slow reader, which takes it byte by byte.
 *
 * Small on purpose: its caller's loop has it compiled in, several times over, so that `at` stays in a register. This is
 * where most of the time of reading goes.
 * Cost: one pass over the bytes.
 */
export class NumberCursor {
  at = 0

  /**
   * The number that begins at `at`, which then stands behind its comma; or −1, with `at` where it was.
   * Digits are read until something else comes: a comma must stand somewhere behind `at`. See `lastBegin`.
   */
  next(bytes: Uint8Array): number {
    const begin = this.at
    let at = begin
    // Of all bytes digits alone are below ten after this, and so what lies behind the end is none either.
    let value = bytes[at]! ^ ZERO
    if (value > 9) return -1
    let digit = bytes[++at]! ^ ZERO
    while (digit <= 9) {
      // Times ten in two steps, which the processor adds as fast as it takes them; a multiplication makes it wait.
      value = ((Math.imul(value, 5) << 1) + digit) | 0
      digit = bytes[++at]! ^ ZERO
    }
    if (at - begin > MAX_DIGITS) return -1
    if (digit === (NEWLINE ^ ZERO)) at++
    if (bytes[at] !== COMMA) return -1
    this.at = at + 1
    return value
  }

  /** Passes a 0 with its comma, where they stand at `at`: sooner done than `next`. */
  skipZero(bytes: Uint8Array): boolean {
    const at = this.at
    if (bytes[at] !== ZERO || bytes[at + 1] !== COMMA) return false
    this.at = at + 2
    return true
  }
}

/**
 * Where `numbers` numbers may begin at the latest, so that the cursor stays inside of bytes[from … to) whatever it meets:
 * that many commas stand behind this place. Before `from` when there is no such place.
 */
export function lastBegin(bytes: Uint8Array, from: number, to: number, numbers: number): number {
  let at = to
  for (let commas = 0; commas < numbers && at > from; commas++) at = bytes.lastIndexOf(COMMA, at - 1)
  return at - 1
}
