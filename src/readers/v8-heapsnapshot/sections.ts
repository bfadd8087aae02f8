import { BadText, foundByte } from './number-rows.ts'

/**
 * The top level of a snapshot: an object whose members are big arrays. Walks its keys and hands each member's bytes to
 * whoever takes that member, in chunks of any length; members nobody takes are skipped with brackets and strings
 * respected. Nothing is kept but the few bytes of a key.
 */

/** Takes the bytes of one member, from its first byte on; returns where it stopped; `isDone` once the member is whole. */
export interface MemberReader {
  push(bytes: Uint8Array, from: number, to: number): number
  readonly isDone: boolean
}

const QUOTE = 34
const COLON = 58
const COMMA = 44
const OPEN = 123
const CLOSE = 125

export class Sections {
  /** Chooses the reader of a member; undefined skips it. Called with the member before it finished. */
  readonly #readerOf: (key: string) => MemberReader | undefined
  #expect: 'open' | 'key' | 'key-text' | 'colon' | 'value' | 'comma' | 'nothing' = 'open'
  #key = ''
  #member: MemberReader | undefined
  #seen = 0
  /** Bytes of all chunks before the current one. */
  before = 0

  constructor(readerOf: (key: string) => MemberReader | undefined) {
    this.#readerOf = readerOf
  }

  /** The object was closed. */
  get isDone(): boolean {
    return this.#expect === 'nothing'
  }

  /** The member that is being read, for messages. */
  get key(): string {
    return this.#key
  }

  /** @throws BadText with a place in this chunk */
  push(bytes: Uint8Array): void {
    let at = 0
    while (at < bytes.length) {
      if (this.#member !== undefined) {
        at = this.#member.push(bytes, at, bytes.length)
        if (!this.#member.isDone) continue
        this.#member = undefined
        this.#expect = 'comma'
        continue
      }
      const byte = bytes[at]!
      if (this.#expect === 'key-text') {
        if (byte === QUOTE) this.#expect = 'colon'
        else if (this.#key.length > 100) throw new BadText(at, 'a key of at most 100 characters', 'a longer one')
        else this.#key += String.fromCharCode(byte)
        at++
      } else if (this.#expect === 'open' && (byte === 0xef || byte === 0xbb || byte === 0xbf)) {
        at++ // a byte order mark, left by editors and shells
      } else if (byte === 10 || byte === 13 || byte === 32 || byte === 9) {
        at++
      } else if (this.#expect === 'value') {
        this.#member = this.#readerOf(this.#key) ?? new SkippedMember()
        this.#seen++
      } else {
        this.#structure(byte, bytes, at)
        at++
      }
    }
    this.before += bytes.length
  }

  #structure(byte: number, bytes: Uint8Array, at: number): void {
    if (this.#expect === 'open' && byte === OPEN) this.#expect = 'key'
    else if (this.#expect === 'key' && byte === QUOTE) {
      this.#key = ''
      this.#expect = 'key-text'
    } else if (this.#expect === 'colon' && byte === COLON) this.#expect = 'value'
    else if (this.#expect === 'comma' && byte === COMMA) this.#expect = 'key'
    else if (byte === CLOSE && (this.#expect === 'comma' || (this.#expect === 'key' && this.#seen === 0))) this.#expect = 'nothing'
    else throw new BadText(at, EXPECTED[this.#expect as keyof typeof EXPECTED] ?? 'JSON', foundByte(bytes, at))
  }
}

const EXPECTED = {
  open: '"{"',
  key: 'a key',
  colon: 'a colon',
  comma: 'a comma or the end of the file',
  nothing: 'nothing after the snapshot',
} as const

/** A member that is passed over, or kept as text when it is small: the header. */
export class SkippedMember implements MemberReader {
  #depth = 0
  #inString = false
  #escaped = false
  #hasBegun = false
  isDone = false
  readonly #keepBytes: number
  readonly #parts: Uint8Array[] = []
  #kept = 0

  constructor(keepBytes = 0) {
    this.#keepBytes = keepBytes
  }

  push(bytes: Uint8Array, from: number, to: number): number {
    let at = from
    for (; at < to && !this.isDone; at++) {
      const byte = bytes[at]!
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false
        else if (byte === 92) this.#escaped = true
        else if (byte === QUOTE) {
          this.#inString = false
          if (this.#depth === 0) this.isDone = true
        }
        continue
      }
      if (byte === QUOTE) this.#inString = true
      else if (byte === 123 || byte === 91) this.#depth++
      else if (byte === 125 || byte === 93) {
        if (this.#depth === 0) {
          this.isDone = true // a bare number or word ended by the object around it
          break
        }
        if (--this.#depth === 0) this.isDone = true
      } else if (byte === COMMA && this.#depth === 0 && this.#hasBegun) {
        this.isDone = true
        break
      }
      this.#hasBegun = true
    }
    if (this.#keepBytes > 0) {
      this.#kept += at - from
      if (this.#kept > this.#keepBytes) throw new BadText(from, `at most ${this.#keepBytes} bytes of header`, 'more')
      this.#parts.push(bytes.slice(from, at))
    }
    return at
  }

  /** What was kept, as text. */
  text(): string {
    const all = new Uint8Array(this.#kept)
    let at = 0
    for (const part of this.#parts) {
      all.set(part, at)
      at += part.length
    }
    return new TextDecoder().decode(all)
  }
}
