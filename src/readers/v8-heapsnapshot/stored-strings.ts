import type { ReadAt } from './find-edges.ts'
import type { SnapshotStrings } from './snapshot-strings.ts'

const QUOTE = 34
const BACKSLASH = 92
const PAGE_BYTES = 1 << 14
const MOST_PAGES = 256
const MOST_BYTES = 64 << 20

/** Where the strings of a file stand, and how to read there. */
export interface StoredPlaces {
  readAt: ReadAt
  /** Of each string the place of its first character in the file. */
  starts: Uint32Array | Float64Array
  /** How many are there. */
  whole: number
}

/**
 * Strings that stay in the file: a table of places, and a string is read when it is asked for. For machines on which
 * the strings themselves are too much.
 * Cost: 4 bytes a string (8 in files above 4 GB), and pages of the file, 4 MiB at most; looking for texts reads all of them.
 */
export class StoredStrings implements SnapshotStrings {
  readonly #places: StoredPlaces
  /** How many the file's own numbers count: more than are there when it was cut. */
  readonly #inFile: number
  readonly #added: string[] = []
  readonly #decoder = new TextDecoder()
  readonly #pages = new Map<number, Uint8Array>()
  #page = -1
  #bytes: Uint8Array = new Uint8Array(0)

  constructor(places: StoredPlaces, inFile = places.whole) {
    this.#places = places
    this.#inFile = inFile
  }

  get count(): number {
    return this.#inFile + this.#added.length
  }

  padded(count: number): StoredStrings {
    return new StoredStrings(this.#places, Math.max(count, this.#places.whole))
  }

  add(text: string): number {
    const known = this.#added.indexOf(text)
    return this.#inFile + (known >= 0 ? known : this.#added.push(text) - 1)
  }

  get(number: number): string {
    if (!(number < this.#places.whole)) return this.#added[number - this.#inFile] ?? `#${number}`
    const begin = this.#places.starts[number]!
    let end = begin
    let isPlain = true
    for (let byte = this.#byteAt(end); byte !== QUOTE && byte >= 0 && end - begin < MOST_BYTES; byte = this.#byteAt(++end)) {
      if (byte === BACKSLASH) {
        isPlain = false
        end++
      }
    }
    const raw = new Uint8Array(end - begin)
    for (let at = begin; at < end; at++) raw[at - begin] = this.#byteAt(at)
    const text = this.#decoder.decode(raw)
    if (isPlain) return text
    try {
      return JSON.parse(`"${text}"`) as string
    } catch {
      return text // as in `RawStrings`
    }
  }

  startingWith(prefix: string): number[] {
    const raw = new TextEncoder().encode(prefix)
    const found: number[] = []
    for (let number = 0; number < this.#places.whole; number++) if (this.#begins(number, raw)) found.push(number)
    return found
  }

  numbersOf(texts: readonly string[]): Map<string, number> {
    const found = new Map<string, number>()
    const wanted = texts.map((text) => ({ text, raw: new TextEncoder().encode(`${text}"`) }))
    for (let number = 0; number < this.#places.whole && found.size < texts.length; number++) {
      for (const { text, raw } of wanted) if (!found.has(text) && this.#begins(number, raw)) found.set(text, number)
    }
    return found
  }

  #begins(number: number, raw: Uint8Array): boolean {
    const begin = this.#places.starts[number]!
    let at = 0
    while (at < raw.length && this.#byteAt(begin + at) === raw[at]) at++
    return at === raw.length
  }

  /** −1 behind the end of the file. */
  #byteAt(at: number): number {
    const page = Math.floor(at / PAGE_BYTES)
    if (page !== this.#page) {
      this.#bytes = this.#pageOf(page)
      this.#page = page
    }
    return this.#bytes[at - page * PAGE_BYTES] ?? -1
  }

  #pageOf(page: number): Uint8Array {
    const known = this.#pages.get(page)
    if (known !== undefined) return known
    // The oldest goes: those of the names that are asked for again and again are soon back.
    if (this.#pages.size === MOST_PAGES) for (const oldest of this.#pages.keys()) { this.#pages.delete(oldest); break }
    const read = this.#places.readAt(page * PAGE_BYTES, PAGE_BYTES).slice()
    this.#pages.set(page, read)
    return read
  }
}
