const ZERO = 48
const POINT = 46
/** More digits than this do not fit a double's whole numbers; such a number is left to the general parser. */
const EXACT_DIGITS = 15

/**
 * The decimal numbers of a line, in order, without cutting the line into strings (a text that is a cut of another is
 * slow to look into: give the whole text and the place): `30->31->16 MB` gives 30, 31, 16.
 * Signs and exponents are not part of a number here. Exact: at most 15 digits are divided once by a power of ten.
 *
 * @param into filled from its start; numbers beyond its length are left out
 * @returns how many there are
 */
export function numbersIn(text: string, into: Float64Array, from = 0, to = text.length): number {
  let count = 0
  let at = from
  while (at < to && count < into.length) {
    let digit = text.charCodeAt(at) - ZERO
    if (digit < 0 || digit > 9) {
      at++
      continue
    }
    const begin = at
    let whole = 0
    let divisor = 0
    for (; at < to; at++) {
      const code = text.charCodeAt(at)
      digit = code - ZERO
      if (digit >= 0 && digit <= 9) {
        whole = whole * 10 + digit
        divisor *= 10
      } else if (code === POINT && divisor === 0) divisor = 1
      else break
    }
    into[count++] = at - begin > EXACT_DIGITS ? Number(text.slice(begin, at)) : divisor === 0 ? whole : whole / divisor
  }
  return count
}
