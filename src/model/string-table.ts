/**
 * The strings of an input, by number. A big heap holds millions of them and nearly none is ever looked at, so a
 * table may keep raw bytes and decode on demand; ask for a string only when it is shown or compared.
 */
export interface StringTable {
  readonly count: number
  /** The string of this number; `#<number>` when the input was cut before it. */
  get(number: number): string
  /** The numbers of these texts, those that are in the table. Cost: one pass over the table, so ask for many at once. */
  numbersOf(texts: readonly string[]): Map<string, number>
}

/** A table over strings that already exist, for readers of small inputs. */
export class ListedStrings implements StringTable {
  readonly #strings: readonly string[]

  constructor(strings: readonly string[]) {
    this.#strings = strings
  }

  get count(): number {
    return this.#strings.length
  }

  get(number: number): string {
    return this.#strings[number] ?? `#${number}`
  }

  numbersOf(texts: readonly string[]): Map<string, number> {
    const found = new Map<string, number>()
    for (const text of texts) {
      const number = this.#strings.indexOf(text)
      if (number >= 0) found.set(text, number)
    }
    return found
  }
}

/** Gives equal strings one number while a reader runs. */
export class Interner {
  readonly #numbers = new Map<string, number>()
  readonly strings: string[] = []

  number(text: string): number {
    const known = this.#numbers.get(text)
    if (known !== undefined) return known
    const number = this.strings.length
    this.#numbers.set(text, number)
    this.strings.push(text)
    return number
  }

  table(): StringTable {
    return new ListedStrings(this.strings)
  }
}
