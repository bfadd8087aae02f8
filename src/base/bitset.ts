/** One bit for each of `length` items, 32 to a word. The words may be shared between threads. */
export class Bitset {
  readonly length: number
  readonly words: Uint32Array

  constructor(length: number, words: Uint32Array = new Uint32Array((length + 31) >>> 5)) {
    if (words.length < (length + 31) >>> 5) {
      throw new RangeError(`Bitset of ${length} bits needs ${(length + 31) >>> 5} words, got ${words.length}`)
    }
    this.length = length
    this.words = words
  }

  has(index: number): boolean {
    return ((this.words[index >>> 5]! >>> (index & 31)) & 1) === 1
  }

  add(index: number): void {
    this.words[index >>> 5]! |= 1 << (index & 31)
  }

  remove(index: number): void {
    this.words[index >>> 5]! &= ~(1 << (index & 31))
  }

  /** How many bits are set. */
  count(): number {
    let total = 0
    for (let word of this.words) {
      word -= (word >>> 1) & 0x55555555
      word = (word & 0x33333333) + ((word >>> 2) & 0x33333333)
      total += (((word + (word >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24
    }
    return total
  }
}
