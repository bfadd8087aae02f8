import { BadText, foundByte } from './number-rows.ts'
import { OpenedArray } from './parser.ts'
import { type MemberReader, Sections } from './sections.ts'
import { type StringUses, USE } from './string-uses.ts'

const QUOTE = 34
const BACKSLASH = 92
const COMMA = 44
const CLOSE = 93
const MOST_BYTES = 64 << 20

/** Words V8 writes in place of a content it does not show. */
const FIXED = new Set(['', '<dummy>', 'symbol', 'private symbol', 'heap number', 'smi number', 'int', 'number', 'bigint', '(concatenated string)', '(sliced string)'])

/** True for a key that is more likely an entry of a table than a property the program's text names. The rule of docs/commands/redact.md. */
export function looksLikeData(key: string): boolean {
  if (/\.(?:[cm]?[jt]sx?|json|node|wasm|vue|svelte)$/.test(key) || /^<symbol .*>$/.test(key)) return false
  return key.length > 60 || /[^\s@]@[^\s@]+\.[a-z]{2,}/i.test(key) || /^[-+]?\d/.test(key) || /\d{4}/.test(key) || /[-:#/|]\d+/.test(key) || /[0-9a-f]{8}-[0-9a-f]{4}-/i.test(key) || /^(?=.*\d)[0-9a-f]{12,}$/i.test(key)
}

/**
 * Rewrites the strings of a snapshot in place, each by as many bytes as it had, so that nothing else of the file
 * moves. Names stay; contents, and keys that look like data, become `s#17:len`, with an own number for each string of
 * the table; those too short for it take what fits.
 * Cost: a copy of the chunk a string stands in, of all its chunks when it spans several.
 */
export class StringRedactor {
  readonly #uses: StringUses
  readonly sections = new Sections((key) => (key === 'strings' ? new OpenedArray(this.#strings()) : undefined))
  /** Chunks that are not given out yet: the current one, before it those in which the current string began. */
  #held: Uint8Array[] = []
  /** Of the string that is being read: its bytes so far, as views of the held chunks. */
  #parts: Uint8Array[] = []
  #isInString = false
  redacted = 0
  kept = 0

  constructor(uses: StringUses) {
    this.#uses = uses
  }

  /** Gives back the chunks that are finished. The chunk is copied. @throws BadText */
  push(chunk: Uint8Array): Uint8Array[] {
    const copy = chunk.slice()
    this.#held.push(copy)
    this.sections.push(copy)
    if (this.#isInString) return this.#held.splice(0, this.#held.length - Math.max(1, this.#parts.length))
    return this.#held.splice(0)
  }

  #strings(): MemberReader {
    let count = 0
    let isEscaped = false
    let length = 0
    let expect: 'value' | 'separator' = 'value'
    const reader = {
      isDone: false,
      push: (bytes: Uint8Array, from: number, to: number): number => {
        let at = from
        let begin = from
        while (at < to) {
          const byte = bytes[at]!
          if (this.#isInString) {
            if (isEscaped) isEscaped = false
            else if (byte === BACKSLASH) isEscaped = true
            else if (byte === QUOTE) {
              this.#parts.push(bytes.subarray(begin, at))
              this.#finish(count++)
              this.#isInString = false
              length = 0
              expect = 'separator'
            }
          } else if (byte === QUOTE && expect === 'value') {
            this.#isInString = true
            begin = at + 1
          } else if (byte === COMMA && expect === 'separator') expect = 'value'
          else if (byte === CLOSE && (expect === 'separator' || count === 0)) {
            reader.isDone = true
            return at + 1
          } else if (byte !== 10 && byte !== 13 && byte !== 32 && byte !== 9) throw new BadText(at, expect === 'value' ? 'a string' : 'a comma or the end of the strings', foundByte(bytes, at))
          at++
        }
        if (this.#isInString) {
          length += to - begin
          if (length > MOST_BYTES) throw new BadText(from, `strings of at most ${MOST_BYTES} bytes`, 'a longer one')
          this.#parts.push(bytes.subarray(begin, to))
        }
        return at
      },
    }
    return reader
  }

  #finish(number: number): void {
    let length = 0
    for (const part of this.#parts) length += part.length
    const text = this.#replacement(number, length)
    if (text === undefined) this.kept++
    else {
      this.redacted++
      const bytes = new TextEncoder().encode(text)
      let at = 0
      for (const part of this.#parts) {
        part.set(bytes.subarray(at, at + part.length))
        at += part.length
      }
    }
    this.#parts = []
  }

  /** What takes the place of a string, as long as it; undefined when it stays. */
  #replacement(number: number, length: number): string | undefined {
    const uses = this.#uses.of(number)
    if ((uses & USE.name) !== 0) return undefined
    if ((uses & USE.internal) !== 0) return this.#withoutValues(length)
    if ((uses & USE.key) !== 0) return length > 1024 || looksLikeData(this.#text()) ? placeholder(number, length, true) : undefined
    return length < 32 && FIXED.has(this.#text()) ? undefined : placeholder(number, length, false)
  }

  /** The two names of a WeakMap entry tell what its value is, and a string by its text: only the class names of objects V8 itself made stay. */
  #withoutValues(length: number): string | undefined {
    if (length > 1 << 16) return '*'.repeat(length)
    const text = this.#text()
    if (new TextEncoder().encode(text).length !== length) return '*'.repeat(length) // damaged UTF-8
    const match = /^(\d+ \/ part of key \(.* @\d+\) -> value \()(.*)( @\d+\) pair in WeakMap \(table @\d+\))$/s.exec(text)
    if (match === null || /^(?:system \/ .*|Object|Array|Map|Set|WeakRef|Promise|Function|)$/.test(match[2]!)) return undefined
    return `${match[1]}${'*'.repeat(new TextEncoder().encode(match[2]).length)}${match[3]}`
  }

  /** As it stands in the file, escapes included. */
  #text(): string {
    const decoder = new TextDecoder()
    return this.#parts.map((part) => decoder.decode(part, { stream: true })).join('') + decoder.decode()
  }
}

function placeholder(number: number, length: number, isKey: boolean): string {
  const short = isKey ? String(number) : `~${number.toString(36)}` // a key that had digits keeps some: fingerprints ask for them
  const fitting = [`s#${number}:${length}`, `s#${number}`, short].find((text) => text.length <= length)
  return fitting === undefined ? (isKey ? '0' : '~').repeat(length) : fitting.padEnd(length, '.')
}
