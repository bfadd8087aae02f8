const SMALLEST = 256

/**
 * A column of numbers that grows and may be filled in any order: what was never set is NaN. Nothing is allocated before
 * the first known number, so a column that a file lacks costs nothing.
 */
export class NumberColumn {
  #values = new Float64Array(0)

  get isEmpty(): boolean {
    return this.#values.length === 0
  }

  get(at: number): number {
    return at < this.#values.length ? this.#values[at]! : Number.NaN
  }

  set(at: number, value: number): void {
    if (at >= this.#values.length) {
      if (Number.isNaN(value)) return
      const grown = new Float64Array(Math.max(SMALLEST, at + 1, 2 * this.#values.length)).fill(Number.NaN, this.#values.length)
      grown.set(this.#values)
      this.#values = grown
    }
    this.#values[at] = value
  }

  /** The column as long as its table. The memory that growing left over is given back; the column is empty afterwards. */
  take(length: number): Float64Array {
    const taken = new Float64Array(length).fill(Number.NaN, Math.min(length, this.#values.length))
    taken.set(this.#values.subarray(0, length))
    this.#values = new Float64Array(0)
    return taken
  }
}
