const ZERO = 48
const SPACE = 32
const HASH = 35
const COMMA = 44
const POINT = 46
/** More digits than this do not fit a double's whole numbers; such a number is left to the general parser. */
const EXACT_DIGITS = 15

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/**
 * A line's form, for `matchLine`: `#` is a decimal number without a sign, with a point or the comma of a locale (`0,5`,
 * but not `1, 2`), a blank is one blank or more, everything else stands for itself.
 */
export function lineTemplate(form: string): Uint8Array {
  return bytesOf(form)
}

export function bytesOf(text: string): Uint8Array {
  return encoder.encode(text)
}

/**
 * Where a template ends in a line, or -1 when the line does not fit it at this place.
 *
 *   matchLine(lineTemplate('gc # @#s #%: '), bytes, from, to, numbers)
 *
 * One pass over the bytes and no strings, which is what makes long logs cheap.
 * Exact: numbers of at most 15 digits are divided once by a power of ten.
 *
 * @param numbers gets the numbers, from `first` on
 */
export function matchLine(template: Uint8Array, bytes: Uint8Array, from: number, to: number, numbers: Float64Array, first = 0): number {
  let at = from
  let next = first
  for (let step = 0; step < template.length; step++) {
    const wanted = template[step]!
    if (wanted === HASH) {
      let digit = at < to ? bytes[at]! - ZERO : -1
      if (digit < 0 || digit > 9) return -1
      const begin = at
      let whole = digit
      let divisor = 0
      for (at++; at < to; at++) {
        const each = bytes[at]!
        digit = each - ZERO
        if (digit >= 0 && digit <= 9) {
          whole = whole * 10 + digit
          divisor *= 10
        } else if (divisor === 0 && (each === POINT || each === COMMA) && at + 1 < to && isDigit(bytes[at + 1]!)) divisor = 1
        else break
      }
      numbers[next++] = at - begin > EXACT_DIGITS ? Number(textOf(bytes, begin, at).replace(',', '.')) : divisor === 0 ? whole : whole / divisor
    } else if (at < to && bytes[at] === wanted) {
      at++
      if (wanted === SPACE) while (at < to && bytes[at] === SPACE) at++
    } else return -1
  }
  return at
}

/** A piece of a line as text. */
export function textOf(bytes: Uint8Array, from: number, to: number): string {
  return decoder.decode(bytes.subarray(from, to))
}

/** Where `word` begins between `from` and `to`, or -1. */
export function placeOf(word: Uint8Array, bytes: Uint8Array, from: number, to: number): number {
  const last = to - word.length
  for (let at = from; at <= last; at++) if (bytes[at] === word[0] && isWordAt(word, bytes, at)) return at
  return -1
}

/** Whether `word` stands at this place; the caller knows that there is room for it. */
export function isWordAt(word: Uint8Array, bytes: Uint8Array, at: number): boolean {
  for (let letter = 0; letter < word.length; letter++) if (bytes[at + letter] !== word[letter]) return false
  return true
}

/** Words that are looked for one by one: a log has a handful of causes. */
const MOST_WORDS = 64

/** Numbers for words that come again and again, without making them strings each time. */
export class WordNumbers {
  readonly #numberOf: (word: string) => number
  readonly #known: { word: Uint8Array; number: number }[] = []

  /** @param numberOf asked once for each word, and each time for those beyond the first few */
  constructor(numberOf: (word: string) => number) {
    this.#numberOf = numberOf
  }

  number(bytes: Uint8Array, from: number, to: number): number {
    for (const { word, number } of this.#known) if (word.length === to - from && isWordAt(word, bytes, from)) return number
    const number = this.#numberOf(textOf(bytes, from, to))
    if (this.#known.length < MOST_WORDS) this.#known.push({ word: bytes.slice(from, to), number })
    return number
  }
}

export function isDigit(code: number): boolean {
  return code >= ZERO && code <= ZERO + 9
}
