import { checkCapacity, publishSize } from './size-channel.ts'

interface Entry<Value> {
  value: Value
  uses: number
}

/**
 * A cache that drops what was used least often; of several, what was used longest ago.
 * Method: Shah, Mitra and Matani, "An O(1) algorithm for implementing the LFU cache eviction scheme" (2010), with two
 *   maps: key → entry, and number of uses → the keys with that number, in order of use (a `Set` keeps it).
 * Cost: O(1) get and put; at most `capacity` entries. What was used often once stays until it is deleted: for values
 *   that grow old take `lru-cache` with its `ttl`.
 */
export class LfuCache<Key, Value> {
  readonly capacity: number
  readonly #name: string | undefined
  readonly #entries = new Map<Key, Entry<Value>>()
  readonly #keysByUses = new Map<number, Set<Key>>()
  /**
   * The smallest number of uses that has keys. Wrong after a deletion, which leaves room: it is right again before the
   * next key has to go, since that takes a new key, which has one use.
   */
  #fewest = 0

  /** @throws RangeError */
  constructor(capacity: number, { name }: { name?: string | undefined } = {}) {
    this.capacity = checkCapacity(capacity)
    this.#name = name
  }

  get size(): number {
    return this.#entries.size
  }

  /** Does not count as a use. */
  has(key: Key): boolean {
    return this.#entries.has(key)
  }

  /** The value; counts as a use. */
  get(key: Key): Value | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    this.#use(key, entry)
    return entry.value
  }

  /** Stores the value; counts as a use. Returns the key that had to go for it. */
  put(key: Key, value: Value): { dropped: Key } | undefined {
    const known = this.#entries.get(key)
    if (known !== undefined) {
      known.value = value
      this.#use(key, known)
      return undefined
    }
    const dropped = this.#entries.size === this.capacity ? this.#drop() : undefined
    this.#entries.set(key, { value, uses: 1 })
    this.#file(key, 1)
    this.#fewest = 1
    if (dropped === undefined) this.#publish()
    return dropped
  }

  delete(key: Key): boolean {
    const entry = this.#entries.get(key)
    if (entry === undefined) return false
    this.#entries.delete(key)
    this.#unfile(key, entry.uses)
    this.#publish()
    return true
  }

  clear(): void {
    this.#entries.clear()
    this.#keysByUses.clear()
    this.#publish()
  }

  #use(key: Key, entry: Entry<Value>): void {
    this.#unfile(key, entry.uses)
    if (this.#fewest === entry.uses && !this.#keysByUses.has(entry.uses)) this.#fewest++
    this.#file(key, ++entry.uses)
  }

  #drop(): { dropped: Key } {
    const key = this.#keysByUses.get(this.#fewest)!.values().next().value as Key
    this.#unfile(key, this.#fewest)
    this.#entries.delete(key)
    return { dropped: key }
  }

  #file(key: Key, uses: number): void {
    const keys = this.#keysByUses.get(uses)
    if (keys === undefined) this.#keysByUses.set(uses, new Set([key]))
    else keys.add(key)
  }

  #unfile(key: Key, uses: number): void {
    const keys = this.#keysByUses.get(uses)!
    keys.delete(key)
    if (keys.size === 0) this.#keysByUses.delete(uses)
  }

  #publish(): void {
    publishSize('lfu-cache', this.#name, this.#entries.size, this.capacity)
  }
}
