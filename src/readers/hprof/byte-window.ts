import type { ByteSource } from '../reader.ts'

/** One item of an input may be this long in one piece; arrays are walked in parts and may be longer. */
const MAX_PIECE = 1 << 26

/**
 * A window on a stream of big-endian bytes. `has(n)` is the cheap question asked before every read; when it says no,
 * `await fill(n)` brings more. So the hot loop waits once for each chunk and not once for each record.
 */
export class ByteWindow {
  bytes = new Uint8Array(1 << 17)
  view = new DataView(this.bytes.buffer)
  /** The next byte to read, in `bytes`. */
  at = 0
  end = 0
  #base = 0
  readonly #chunks: AsyncIterator<Uint8Array>

  constructor(input: ByteSource) {
    this.#chunks = input.chunks()[Symbol.asyncIterator]()
  }

  /** Offset in the input of the next byte. */
  get position(): number {
    return this.#base + this.at
  }

  get available(): number {
    return this.end - this.at
  }

  has(count: number): boolean {
    return this.end - this.at >= count
  }

  /** Makes `count` bytes readable at `at`; false when the input ends before. */
  async fill(count: number): Promise<boolean> {
    if (count > MAX_PIECE) return false
    while (this.end - this.at < count) {
      const next = await this.#chunks.next()
      if (next.done === true) return false
      this.#append(next.value)
    }
    return true
  }

  /** Goes forward over `count` bytes; the number that were not there any more is the answer, 0 in a whole input. */
  async skip(count: number): Promise<number> {
    let left = count
    for (;;) {
      const step = Math.min(left, this.available)
      this.at += step
      left -= step
      if (left === 0) return 0
      if (!(await this.fill(1))) return left
    }
  }

  async close(): Promise<void> {
    await this.#chunks.return?.()
  }

  u1(): number {
    return this.bytes[this.at++]!
  }

  u2(): number {
    this.at += 2
    return this.view.getUint16(this.at - 2)
  }

  u4(): number {
    this.at += 4
    return this.view.getUint32(this.at - 4)
  }

  /** Exact below 2^53, which addresses are. */
  u8(): number {
    this.at += 8
    return this.view.getUint32(this.at - 8) * 0x1_0000_0000 + this.view.getUint32(this.at - 4)
  }

  #append(chunk: Uint8Array): void {
    const kept = this.end - this.at
    if (kept + chunk.length > this.bytes.length) {
      const grown = new Uint8Array(Math.max(2 * this.bytes.length, kept + chunk.length))
      grown.set(this.bytes.subarray(this.at, this.end))
      this.bytes = grown
      this.view = new DataView(grown.buffer)
    } else if (this.end + chunk.length > this.bytes.length) {
      this.bytes.copyWithin(0, this.at, this.end)
    } else {
      this.bytes.set(chunk, this.end)
      this.end += chunk.length
      return
    }
    this.#base += this.at
    this.at = 0
    this.bytes.set(chunk, kept)
    this.end = kept + chunk.length
  }
}
