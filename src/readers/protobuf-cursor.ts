/** Wire types of protocol buffers; groups (3, 4) are long gone and refused. */
export const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const

/** Where and why a protobuf message is not one; the reader that knows the file makes a `ReadError` of it. */
export class ProtobufDamage extends Error {
  readonly byte: number
  readonly expected: string
  readonly found: string

  constructor(byte: number, expected: string, found: string) {
    super(`byte ${byte}: expected ${expected}, found ${found}`)
    this.byte = byte
    this.expected = expected
    this.found = found
  }
}

/**
 * Walks one protobuf message field by field (https://protobuf.dev/programming-guides/encoding/). Strict: a varint of
 * more than ten bytes, a length beyond the message, or an unknown wire type is damage, with its place. Knows no schema
 * and never recurses: for a message inside, make another cursor over its `start` … `end`.
 */
export class ProtobufCursor {
  readonly bytes: Uint8Array
  readonly #end: number
  #at: number
  /** Of the field `next` came to. */
  field = 0
  wire = 0
  /** Where the field's content lies: of a length-delimited field without its length. */
  start = 0
  end = 0
  #low = 0
  #high = 0

  constructor(bytes: Uint8Array, start = 0, end: number = bytes.length) {
    this.bytes = bytes
    this.#at = start
    this.#end = end
  }

  /** Goes to the next field; false at the end of the message. @throws ProtobufDamage */
  next(): boolean {
    if (this.#at >= this.#end) return false
    const keyAt = this.#at
    this.#varint()
    this.field = ((this.#high << 29) | (this.#low >>> 3)) >>> 0
    this.wire = this.#low & 7
    if (this.field === 0) throw new ProtobufDamage(keyAt, 'a field number', '0')
    this.start = this.#at
    switch (this.wire) {
      case WIRE.varint:
        this.#varint()
        break
      case WIRE.bytes: {
        this.#varint()
        const left = this.#end - this.#at
        if (this.#high !== 0 || this.#low > left) throw new ProtobufDamage(keyAt, `a field of at most ${left} bytes`, `one of ${this.unsigned()}`)
        this.start = this.#at
        this.#at += this.#low
        break
      }
      case WIRE.fixed64:
        this.#skip(8)
        break
      case WIRE.fixed32:
        this.#skip(4)
        break
      default:
        throw new ProtobufDamage(keyAt, 'a wire type of 0, 1, 2 or 5', String(this.wire))
    }
    this.end = this.#at
    return true
  }

  /** The varint field as an int64; exact to 2^53. */
  signed(): number {
    return (this.#high | 0) * 0x1_0000_0000 + this.#low
  }

  unsigned(): number {
    return this.#high * 0x1_0000_0000 + this.#low
  }

  /** The varint field as an identity: a bigint where a number would not be exact. */
  id(): number | bigint {
    return this.#high < 0x20_0000 ? this.unsigned() : (BigInt(this.#high) << 32n) | BigInt(this.#low)
  }

  /** Calls `use` for each varint of a repeated field, packed or not; `use` asks `signed`, `unsigned` or `id`. */
  repeated(use: () => void): void {
    if (this.wire === WIRE.varint) return use()
    const [back, end] = [this.#at, this.end]
    this.#at = this.start
    while (this.#at < end) {
      this.#varint()
      if (this.#at > end) throw new ProtobufDamage(this.start, 'whole numbers in a packed field', 'one that ends behind it')
      use()
    }
    this.#at = back
  }

  #varint(): void {
    const { bytes } = this
    let low = 0
    let high = 0
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.#at >= this.#end) throw new ProtobufDamage(this.#at, 'the rest of a number', 'the end of the message')
      const byte = bytes[this.#at++]!
      const bits = byte & 0x7f
      if (shift < 28) low |= bits << shift
      else if (shift === 28) {
        low |= bits << 28
        high = bits >>> 4
      } else high |= bits << (shift - 32)
      if (byte < 0x80) {
        this.#low = low >>> 0
        this.#high = high >>> 0
        return
      }
    }
    throw new ProtobufDamage(this.#at, 'a number of at most ten bytes', 'a longer one')
  }

  #skip(count: number): void {
    if (this.#at + count > this.#end) throw new ProtobufDamage(this.#at, `${count} bytes`, 'the end of the message')
    this.#at += count
  }
}
