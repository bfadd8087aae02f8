import { publishSize } from './size-channel.ts'

/**
 * A map that does not keep its values alive, and does not keep the keys of values that are gone: in place of a `Map`
 * of `WeakRef`, which grows for ever by its empty entries.
 * Method: one `WeakRef` a value; a `FinalizationRegistry` removes the entry, if the key was not given to another value
 *   meanwhile. A key that is an object is kept until its value is gone.
 * Cost: O(1) an operation; one `WeakRef` and one registration an entry.
 */
export class WeakValueMap<Key, Value extends WeakKey> implements Iterable<[Key, Value]> {
  readonly #name: string | undefined
  readonly #entries = new Map<Key, WeakRef<Value>>()
  readonly #registry: FinalizationRegistry<{ key: Key; reference: WeakRef<Value> }>

  constructor({ name }: { name?: string | undefined } = {}) {
    this.#name = name
    // Over a weak reference to the map: a registry must not be what keeps it.
    const self = new WeakRef(this)
    this.#registry = new FinalizationRegistry(({ key, reference }) => {
      const map = self.deref()
      if (map !== undefined) map.#remove(key, reference)
    })
  }

  /** Entries, those included whose value was collected and whose removal is still to come. */
  get size(): number {
    return this.#entries.size
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key)?.deref()
  }

  has(key: Key): boolean {
    return this.get(key) !== undefined
  }

  set(key: Key, value: Value): this {
    const before = this.#entries.get(key)
    if (before?.deref() === value) return this
    if (before !== undefined) this.#registry.unregister(before)
    const reference = new WeakRef(value)
    this.#entries.set(key, reference)
    this.#registry.register(value, { key, reference }, reference)
    if (before === undefined) this.#publish()
    return this
  }

  /** True when there was an entry whose value still lived. */
  delete(key: Key): boolean {
    const reference = this.#entries.get(key)
    if (reference === undefined) return false
    const lived = reference.deref() !== undefined
    this.#registry.unregister(reference)
    this.#remove(key, reference)
    return lived
  }

  clear(): void {
    for (const reference of this.#entries.values()) this.#registry.unregister(reference)
    this.#entries.clear()
    this.#publish()
  }

  /** The entries whose values live. */
  *[Symbol.iterator](): Generator<[Key, Value], void, undefined> {
    for (const [key, reference] of this.#entries) {
      const value = reference.deref()
      if (value !== undefined) yield [key, value]
    }
  }

  #remove(key: Key, reference: WeakRef<Value>): void {
    if (this.#entries.get(key) !== reference) return
    this.#entries.delete(key)
    this.#publish()
  }

  #publish(): void {
    publishSize('weak-value-map', this.#name, this.#entries.size, undefined)
  }
}
