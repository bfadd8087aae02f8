import { allocate, grown, type Memory, nextCapacity } from './memory.ts'
import type { ReadAt } from './find-edges.ts'
import { BadText, foundByte } from './number-rows.ts'
import type { SnapshotStrings } from './snapshot-strings.ts'
import { StoredStrings } from './stored-strings.ts'

const QUOTE = 34
const BACKSLASH = 92
const CLOSING_BRACKET = 41
const COMMA = 44
const CLOSE = 93

/** Strings that stay in the file: how to read there, and where the chunk that is pushed begins. */
export interface StringFile {
  readAt: ReadAt
  chunkBegin: () => number
}

/**
 * Takes the array of strings as it stands in the file: raw JSON bytes and where each string begins. Nothing is
 * decoded; of millions of strings a report shows a few dozen. With `file` the bytes stay there, and only the places are kept.
 * Cost: the bytes once, 4 bytes a string (8 above 4 GB of strings).
 */
export class StringBytes {
  readonly #memory: Memory
  readonly #file: StringFile | undefined
  #bytes: Uint8Array
  #used = 0
  #starts: Uint32Array | Float64Array
  #count = 0
  #state: 'before-value' | 'in-string' | 'after-escape' | 'after-value' = 'before-value'
  /** Of a string that stays in the file: its first byte, below 0 before it came, and the last one so far. */
  #first = -1
  #last = 0
  /**
   * Numbers of the strings that may name the two edges of a WeakMap entry, `12 / part of key (…) -> … (table @34)`:
   * they begin with a digit and end with a bracket. Found here since every byte passes by anyway.
   */
  readonly maybeEphemerons: number[] = []
  isDone = false

  /** `remainingBytes`: how many bytes of the file are left, where that is known. */
  constructor(remainingBytes: number | undefined, memory: Memory, file?: StringFile) {
    this.#memory = memory
    this.#file = file
    this.#bytes = new Uint8Array(allocate(memory, file === undefined ? (remainingBytes ?? 65_536) : 0))
    this.#starts = new Uint32Array(allocate(memory, 4 * Math.min(65_536, Math.ceil((remainingBytes ?? 65_536) / 3) + 1)))
  }

  /** Returns where it stopped: behind the closing bracket, or at the end of the chunk. @throws BadText */
  push(chunk: Uint8Array, from: number, to: number): number {
    if (this.#file === undefined && this.#used + to - from > this.#bytes.length) {
      this.#bytes = grown(this.#memory, this.#bytes, nextCapacity(this.#bytes.length, this.#used + to - from))
    }
    let at = from
    while (at < to && !this.isDone) {
      if (this.#state === 'before-value' || this.#state === 'after-value') at = this.#takeBetween(chunk, at, to)
      else at = this.#file === undefined ? this.#copyText(chunk, at, to) : this.#passText(chunk, at, to)
    }
    return at
  }

  /** Keeps a string as far as it goes, the closing quote included: it ends the string when it is decoded. */
  #copyText(chunk: Uint8Array, from: number, to: number): number {
    const bytes = this.#bytes
    let used = this.#used
    let at = from
    if (this.#state === 'after-escape') bytes[used++] = chunk[at++]!
    this.#state = 'in-string'
    while (at < to) {
      const byte = chunk[at++]!
      bytes[used++] = byte
      if (byte === QUOTE) {
        this.#state = 'after-value'
        break
      }
      if (byte !== BACKSLASH) continue
      if (at === to) this.#state = 'after-escape'
      else bytes[used++] = chunk[at++]!
    }
    this.#used = used
    if (this.#state === 'after-value' && bytes[used - 2] === CLOSING_BRACKET) this.#noteEphemeron(bytes[this.#starts[this.#count - 1]!]!)
    return at
  }

  /** The same for a string that stays in the file. */
  #passText(chunk: Uint8Array, from: number, to: number): number {
    let at = from
    if (this.#first < 0) this.#first = chunk[at]!
    if (this.#state === 'after-escape') this.#last = chunk[at++]!
    this.#state = 'in-string'
    while (at < to) {
      const byte = chunk[at++]!
      if (byte === QUOTE) {
        this.#state = 'after-value'
        if (this.#last === CLOSING_BRACKET) this.#noteEphemeron(this.#first)
        break
      }
      this.#last = byte
      if (byte !== BACKSLASH) continue
      if (at === to) this.#state = 'after-escape'
      else this.#last = chunk[at++]!
    }
    return at
  }

  #noteEphemeron(first: number): void {
    if (first >= 48 && first <= 57) this.maybeEphemerons.push(this.#count - 1)
  }

  /** What stands between two strings, up to the opening quote of the second; or the end of the array. */
  #takeBetween(chunk: Uint8Array, from: number, to: number): number {
    let at = from
    while (at < to) {
      const byte = chunk[at++]!
      if (byte === QUOTE && this.#state === 'before-value') {
        this.#begin(this.#file === undefined ? this.#used : this.#file.chunkBegin() + at)
        break
      } else if (byte === COMMA && this.#state === 'after-value') {
        this.#state = 'before-value'
      } else if (byte === CLOSE && (this.#state === 'after-value' || this.#count === 0)) {
        this.isDone = true
        break
      } else if (byte !== 10 && byte !== 32 && byte !== 13 && byte !== 9) {
        throw new BadText(at - 1, this.#state === 'before-value' ? 'a string' : 'a comma or the end of the strings', foundByte(chunk, at - 1))
      }
    }
    return at
  }

  /** What was taken; a string that was cut in the middle is left out. */
  table(): RawStrings | StoredStrings {
    const isCut = this.#state === 'in-string' || this.#state === 'after-escape'
    const whole = isCut ? this.#count - 1 : this.#count
    return this.#file === undefined ? new RawStrings(this.#bytes, this.#starts, whole) : new StoredStrings({ readAt: this.#file.readAt, starts: this.#starts, whole })
  }

  #begin(place: number): void {
    if (place > 0xffffffff && this.#starts instanceof Uint32Array) {
      const wide = new Float64Array(allocate(this.#memory, this.#starts.length * 8))
      wide.set(this.#starts)
      this.#starts = wide
    }
    if (this.#count === this.#starts.length) this.#starts = grown(this.#memory, this.#starts, nextCapacity(this.#count, this.#count + 1))
    this.#starts[this.#count++] = place
    this.#state = 'in-string'
    this.#first = -1
    this.#last = 0
  }
}

/** What a table of raw strings is made of. */
export interface RawParts {
  bytes: Uint8Array
  starts: Uint32Array | Float64Array
  whole: number
  inFile: number
  added: string[]
}

/** What is asked of every snapshot: found together, in one pass over the strings. */
const OFTEN_ASKED = ['(Document DOM trees)', 'shared', 'script', 'script_or_debug_info', 'Object', '__proto__', 'sloppy_function_map', 'system / NativeContext', '(map descriptors)', 'system / ExternalStringData']

/** Strings as raw JSON bytes, decoded when asked for, and behind them a few that the file does not have. */
export class RawStrings implements SnapshotStrings {
  readonly #bytes: Uint8Array
  readonly #starts: Uint32Array | Float64Array
  /** How many are there. */
  readonly #whole: number
  /** How many the file's own numbers count: more than are there when it was cut. */
  readonly #inFile: number
  readonly #added: string[] = []
  readonly #decoder = new TextDecoder()
  /** Texts whose numbers were asked for, and what was found. */
  readonly #asked = new Map<string, number | undefined>()

  constructor(bytes: Uint8Array, starts: Uint32Array | Float64Array, whole: number, inFile = whole) {
    this.#bytes = bytes
    this.#starts = starts
    this.#whole = whole
    this.#inFile = inFile
  }

  get count(): number {
    return this.#inFile + this.#added.length
  }

  static from({ bytes, starts, whole, inFile, added }: RawParts): RawStrings {
    const strings = new RawStrings(bytes, starts, whole, inFile)
    strings.#added.push(...added)
    return strings
  }

  /** What the table is made of, for another thread or a cache. */
  parts(): RawParts {
    return { bytes: this.#bytes, starts: this.#starts, whole: this.#whole, inFile: this.#inFile, added: [...this.#added] }
  }

  padded(count: number): RawStrings {
    return new RawStrings(this.#bytes, this.#starts, this.#whole, Math.max(count, this.#whole))
  }

  add(text: string): number {
    const known = this.#added.indexOf(text)
    return this.#inFile + (known >= 0 ? known : this.#added.push(text) - 1)
  }

  get(number: number): string {
    if (!(number < this.#whole)) return this.#added[number - this.#inFile] ?? `#${number}`
    const bytes = this.#bytes
    const begin = this.#starts[number]!
    let end = begin
    let isPlain = true
    for (let byte = bytes[end]!; byte !== QUOTE; byte = bytes[++end]!) {
      if (byte === BACKSLASH) {
        isPlain = false
        end++
      }
    }
    if (end === begin) return ''
    // A copy: decoders refuse views of shared memory.
    const text = this.#decoder.decode(bytes.slice(begin, end))
    if (isPlain) return text
    try {
      return JSON.parse(`"${text}"`) as string
    } catch {
      return text // a control character stands unescaped, or an escape is damaged: show what is there
    }
  }

  startingWith(prefix: string): number[] {
    const raw = new TextEncoder().encode(prefix)
    const found: number[] = []
    for (let number = 0; number < this.#whole; number++) {
      const begin = this.#starts[number]!
      let at = 0
      while (at < raw.length && this.#bytes[begin + at] === raw[at]) at++
      if (at === raw.length) found.push(number)
    }
    return found
  }

  numbersOf(texts: readonly string[]): Map<string, number> {
    const wanted = texts.filter((text) => !this.#asked.has(text))
    if (wanted.length > 0) this.#find(this.#asked.size > 0 ? wanted : [...new Set([...wanted, ...OFTEN_ASKED])])
    return new Map(texts.map((text) => [text, this.#asked.get(text)] as const).filter((pair): pair is [string, number] => pair[1] !== undefined))
  }

  /** Looks through all strings, once for all of `texts`. */
  #find(texts: readonly string[]): void {
    const bytes = this.#bytes
    const starts = this.#starts
    const asked = this.#asked
    const wanted = texts.map((text) => ({ text, raw: new TextEncoder().encode(`${text}"`) }))
    const compare = (number: number, begin: number): void => {
      for (const { text, raw } of wanted) {
        let at = 0
        while (at < raw.length && bytes[begin + at] === raw[at]) at++
        if (at === raw.length && asked.get(text) === undefined) asked.set(text, number)
      }
    }
    // Few strings begin as a wanted one and are as long: the loop over all of them is a short one.
    const mayBe = new Uint8Array(1 << 16)
    for (const { text, raw } of wanted) {
      asked.set(text, undefined)
      mayBe[(raw[0]! << 8) | Math.min(raw.length, LONG)] = 1
    }
    for (let number = 0; number < this.#whole; number++) {
      const begin = starts[number]!
      const length = number + 1 === this.#whole ? bytes.indexOf(QUOTE, begin) + 1 - begin : starts[number + 1]! - begin
      if (mayBe[(bytes[begin]! << 8) | Math.min(length, LONG)] === 1) compare(number, begin)
    }
  }
}

const LONG = 255
