import { ListedStrings, type StringTable } from '../../model/string-table.ts'

/**
 * Strings of a dump by their id there, and numbers for those the graph uses. HotSpot writes its whole symbol table;
 * only what somebody asks a number for gets into the graph's table.
 */
export class Names {
  readonly #texts = new Map<number, string>()
  readonly #numberOfId = new Map<number, number>()
  readonly #numberOfText = new Map<string, number>()
  readonly #used: (number | string)[] = []
  readonly #decoder = new TextDecoder()

  /** Modified UTF-8; what differs from UTF-8 (NUL, characters beyond the first plane) becomes U+FFFD. */
  define(id: number, bytes: Uint8Array): void {
    this.#texts.set(id, this.#decoder.decode(bytes))
  }

  textOf(id: number): string | undefined {
    return this.#texts.get(id)
  }

  /** The graph's number for a string of the dump, which may be defined later. */
  ofId(id: number): number {
    const known = this.#numberOfId.get(id)
    if (known !== undefined) return known
    this.#numberOfId.set(id, this.#used.length)
    this.#used.push(id)
    return this.#used.length - 1
  }

  ofText(text: string): number {
    const known = this.#numberOfText.get(text)
    if (known !== undefined) return known
    this.#numberOfText.set(text, this.#used.length)
    this.#used.push(text)
    return this.#used.length - 1
  }

  textOfNumber(number: number): string {
    const used = this.#used[number]!
    return typeof used === 'string' ? used : (this.#texts.get(used) ?? `#${used.toString(16)}`)
  }

  table(): StringTable {
    return new ListedStrings(this.#used.map((_, number) => this.textOfNumber(number)))
  }
}
