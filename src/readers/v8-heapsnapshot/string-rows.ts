import { BadText, foundByte } from './number-rows.ts'
import type { MemberReader } from './sections.ts'

const QUOTE = 34
const BACKSLASH = 92
const COMMA = 44
const CLOSE = 93
const MOST_BYTES = 64 << 20

/**
 * The strings of a snapshot one by one, as they stand in the file: escapes are not undone. `finish` gets each with its
 * number, as the pieces of the chunks it stands in; the pieces are views, so that who owns the chunks may write there.
 */
export class StringRows implements MemberReader {
  readonly #finish: (number: number, parts: readonly Uint8Array[]) => void
  /** Of the string that is being read: its bytes so far. */
  parts: Uint8Array[] = []
  isInString = false
  isDone = false
  #count = 0
  #isEscaped = false
  #length = 0
  #expect: 'value' | 'separator' = 'value'

  constructor(finish: (number: number, parts: readonly Uint8Array[]) => void) {
    this.#finish = finish
  }

  /** @throws BadText */
  push(bytes: Uint8Array, from: number, to: number): number {
    let at = from
    let begin = from
    while (at < to) {
      const byte = bytes[at]!
      if (this.isInString) {
        if (this.#isEscaped) this.#isEscaped = false
        else if (byte === BACKSLASH) this.#isEscaped = true
        else if (byte === QUOTE) {
          this.parts.push(bytes.subarray(begin, at))
          this.#finish(this.#count++, this.parts)
          this.parts = []
          this.isInString = false
          this.#length = 0
          this.#expect = 'separator'
        }
      } else if (byte === QUOTE && this.#expect === 'value') {
        this.isInString = true
        begin = at + 1
      } else if (byte === COMMA && this.#expect === 'separator') this.#expect = 'value'
      else if (byte === CLOSE && (this.#expect === 'separator' || this.#count === 0)) {
        this.isDone = true
        return at + 1
      } else if (byte !== 10 && byte !== 13 && byte !== 32 && byte !== 9) throw new BadText(at, this.#expect === 'value' ? 'a string' : 'a comma or the end of the strings', foundByte(bytes, at))
      at++
    }
    if (this.isInString) {
      this.#length += to - begin
      if (this.#length > MOST_BYTES) throw new BadText(from, `strings of at most ${MOST_BYTES} bytes`, 'a longer one')
      this.parts.push(bytes.subarray(begin, to))
    }
    return at
  }
}

/** The text of a string as it stands in the file, escapes included. */
export function textOfParts(parts: readonly Uint8Array[]): string {
  const decoder = new TextDecoder()
  return parts.map((part) => decoder.decode(part, { stream: true })).join('') + decoder.decode()
}
