import { checkCapacity, publishSize } from './size-channel.ts'

/**
 * The last `capacity` values that were pushed, the oldest first: in place of an array that only grows.
 * Cost: one slot a value, taken as they come; every operation but iterating is O(1).
 */
export class RingBuffer<Value> implements Iterable<Value> {
  readonly capacity: number
  readonly #name: string | undefined
  readonly #slots: (Value | undefined)[] = []
  #first = 0
  #size = 0

  /** @throws RangeError */
  constructor(capacity: number, { name }: { name?: string | undefined } = {}) {
    this.capacity = checkCapacity(capacity)
    this.#name = name
  }

  get size(): number {
    return this.#size
  }

  /** Appends `value`; returns the value that had to go for it, `undefined` while there was room. */
  push(value: Value): Value | undefined {
    if (this.#size < this.capacity) {
      this.#slots[(this.#first + this.#size) % this.capacity] = value
      this.#size++
      this.#publish()
      return undefined
    }
    const gone = this.#slots[this.#first]
    this.#slots[this.#first] = value
    this.#first = (this.#first + 1) % this.capacity
    return gone
  }

  /** Takes the oldest value out. */
  shift(): Value | undefined {
    if (this.#size === 0) return undefined
    const value = this.#slots[this.#first]
    this.#slots[this.#first] = undefined // or the slot would keep it
    this.#first = (this.#first + 1) % this.capacity
    this.#size--
    this.#publish()
    return value
  }

  /** The value at `index`, 0 the oldest; negative from the newest, as `Array.prototype.at`. */
  at(index: number): Value | undefined {
    const place = index < 0 ? this.#size + index : index
    return place >= 0 && place < this.#size ? this.#slots[(this.#first + place) % this.capacity] : undefined
  }

  clear(): void {
    this.#slots.length = 0
    this.#first = 0
    this.#size = 0
    this.#publish()
  }

  *[Symbol.iterator](): Generator<Value, void, undefined> {
    for (let index = 0; index < this.#size; index++) yield this.#slots[(this.#first + index) % this.capacity] as Value
  }

  #publish(): void {
    publishSize('ring-buffer', this.#name, this.#size, this.capacity)
  }
}
