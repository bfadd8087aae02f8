import { disguise } from './disguise.ts'
import { OpenedArray } from './parser.ts'
import { Sections } from './sections.ts'
import { StringRows, textOfParts } from './string-rows.ts'
import { type StringUses, USE } from './string-uses.ts'

/** Words V8 writes in place of a content it does not show. */
const FIXED: ReadonlySet<string> = new Set(['', '<dummy>', 'symbol', 'private symbol', 'heap number', 'smi number', 'int', 'number', 'bigint', '(concatenated string)', '(sliced string)'])

/** Source code and documents are longer: their punctuation would tell too much. */
const LONGEST_DISGUISE = 128

/** True for a key that is more likely an entry of a table than a property the program's text names. The rule of docs/commands/redact.md. */
export function looksLikeData(key: string): boolean {
  if (/\.(?:[cm]?[jt]sx?|json|node|wasm|vue|svelte)$/.test(key) || /^<symbol .*>$/.test(key)) return false
  return key.length > 60 || /[^\s@]@[^\s@]+\.[a-z]{2,}/i.test(key) || /^[-+]?\d/.test(key) || /\d{4}/.test(key) || /[-:#/|]\d+/.test(key) || /[0-9a-f]{8}-[0-9a-f]{4}-/i.test(key) || /^(?=.*\d)[0-9a-f]{12,}$/i.test(key)
}

/**
 * Rewrites the strings of a snapshot in place, each by as many bytes as it had, so that nothing else of the file
 * moves. Names stay; contents, and keys that look like data, keep their form when they are short (`disguise`) and become
 * `s#17:len` when they are long.
 * Cost: a copy of the chunk a string stands in, of all its chunks when it spans several.
 */
export class StringRedactor {
  readonly #uses: StringUses
  readonly #rows = new StringRows((number, parts) => this.#finish(number, parts))
  readonly sections = new Sections((key) => (key === 'strings' ? new OpenedArray(this.#rows) : undefined))
  /** Chunks that are not given out yet: the current one, before it those in which the current string began. */
  #held: Uint8Array[] = []
  redacted = 0
  kept = 0

  constructor(uses: StringUses) {
    this.#uses = uses
  }

  /** Gives back the chunks that are finished. The chunk is copied. @throws BadText */
  push(chunk: Uint8Array): Uint8Array[] {
    const copy = new Uint8Array(chunk) // `slice` of a Buffer is no copy
    this.#held.push(copy)
    this.sections.push(copy)
    if (this.#rows.isInString) return this.#held.splice(0, this.#held.length - Math.max(1, this.#rows.parts.length))
    return this.#held.splice(0)
  }

  #finish(number: number, parts: readonly Uint8Array[]): void {
    let length = 0
    for (const part of parts) length += part.length
    const text = this.#replacement(number, length, parts)
    if (text === undefined) this.kept++
    else {
      this.redacted++
      const bytes = new TextEncoder().encode(text)
      let at = 0
      for (const part of parts) {
        part.set(bytes.subarray(at, at + part.length))
        at += part.length
      }
    }
  }

  /** What takes the place of a string, as long as it; undefined when it stays. */
  #replacement(number: number, length: number, parts: readonly Uint8Array[]): string | undefined {
    const uses = this.#uses.of(number)
    if ((uses & USE.name) !== 0) return undefined
    if ((uses & USE.internal) !== 0) return this.#withoutValues(length, parts)
    const text = length <= LONGEST_DISGUISE ? textOfParts(parts) : undefined
    if ((uses & USE.key) !== 0) return length > 1024 || looksLikeData(text ?? textOfParts(parts)) ? replaced(number, length, text) : undefined
    return text !== undefined && FIXED.has(text) ? undefined : replaced(number, length, text)
  }

  /** The two names of a WeakMap entry tell what its value is, and a string by its text: only the class names of objects V8 itself made stay. */
  #withoutValues(length: number, parts: readonly Uint8Array[]): string | undefined {
    if (length > 1 << 16) return '*'.repeat(length)
    const text = textOfParts(parts)
    if (new TextEncoder().encode(text).length !== length) return '*'.repeat(length) // damaged UTF-8
    const match = /^(\d+ \/ part of key \(.* @\d+\) -> value \()(.*)( @\d+\) pair in WeakMap \(table @\d+\))$/s.exec(text)
    if (match === null || /^(?:system \/ .*|Object|Array|Map|Set|WeakRef|Promise|Function|)$/.test(match[2]!)) return undefined
    return `${match[1]}${'*'.repeat(new TextEncoder().encode(match[2]).length)}${match[3]}`
  }
}

/** A short text keeps its form, since that is how reports describe the keys of a collection; of a long one nothing stays. */
function replaced(number: number, length: number, text: string | undefined): string {
  const disguised = text === undefined ? undefined : disguise(text, number)
  if (disguised !== undefined && new TextEncoder().encode(disguised).length === length) return disguised
  return `s#${number}:${length}`.slice(0, length).padEnd(length, '.')
}
