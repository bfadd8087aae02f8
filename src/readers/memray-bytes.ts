/** Thrown (as this one value, without a stack) when a record is not whole yet. */
export const MissingBytes = Symbol('missing bytes')

/** A growing stretch of bytes that is read forward, and back to a mark when a record turns out not to be whole. */
export class MemrayBytes {
  #bytes = new Uint8Array(1 << 16)
  #view = new DataView(this.#bytes.buffer)
  #at = 0
  #end = 0
  #mark = 0
  #dropped = 0
  readonly #text = new TextDecoder()

  get left(): number {
    return this.#end - this.#at
  }

  /** Of the next byte, from the beginning of the input. */
  get position(): number {
    return this.#dropped + this.#at
  }

  append(chunk: Uint8Array): void {
    if (this.#end + chunk.length > this.#bytes.length) {
      const left = this.#bytes.subarray(this.#at, this.#end)
      const needed = left.length + chunk.length
      const target = needed > this.#bytes.length / 2 ? new Uint8Array(2 * needed) : this.#bytes
      if (target === this.#bytes) target.copyWithin(0, this.#at, this.#end)
      else target.set(left)
      this.#bytes = target
      this.#view = new DataView(target.buffer)
      this.#dropped += this.#at
      this.#end = left.length
      this.#at = 0
    }
    this.#bytes.set(chunk, this.#end)
    this.#end += chunk.length
  }

  mark(): void {
    this.#mark = this.#at
  }

  back(): void {
    this.#at = this.#mark
  }

  uint8(): number {
    if (this.#at >= this.#end) throw MissingBytes
    return this.#bytes[this.#at++]!
  }

  int32(): number {
    return this.#view.getInt32(this.#step(4), true)
  }

  uint32(): number {
    return this.#view.getUint32(this.#step(4), true)
  }

  /** Exact below 2^53: addresses, counts and times are. */
  uint64(): number {
    const at = this.#step(8)
    return this.#view.getUint32(at, true) + this.#view.getUint32(at + 4, true) * 2 ** 32
  }

  /** LEB128; NaN for one that is longer than 64 bits. */
  varint(): number {
    let value = 0
    let factor = 1
    for (let i = 0; i < 10; i++) {
      const byte = this.uint8()
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
      factor *= 128
    }
    return Number.NaN
  }

  /** Zigzag. */
  signedVarint(): number {
    const value = this.varint()
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2
  }

  /** Up to a zero byte. */
  text(): string {
    const end = this.#bytes.indexOf(0, this.#at)
    if (end < 0 || end >= this.#end) throw MissingBytes
    const text = this.#text.decode(this.#bytes.subarray(this.#at, end))
    this.#at = end + 1
    return text
  }

  take(length: number): Uint8Array {
    const at = this.#step(length)
    return this.#bytes.slice(at, at + length)
  }

  #step(length: number): number {
    const at = this.#at
    if (at + length > this.#end) throw MissingBytes
    this.#at = at + length
    return at
  }
}
