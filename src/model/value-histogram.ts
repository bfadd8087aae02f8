/** Each bin is this much wider than the one before it: a quantile is off by at most half of it. */
const BIN_GROWTH = 1.01
const SMALLEST = 1e-6
const LARGEST = 1e9
const LOG_GROWTH = Math.log(BIN_GROWTH)
const BINS = Math.ceil(Math.log(LARGEST / SMALLEST) / LOG_GROWTH) + 1

/**
 * How numbers that are not negative are spread, without keeping them: bins 1 % wide from 0.000 001 to 1,000,000,000 and
 * one for zero. Count, sum and largest are exact, a quantile is within 0.5 % of the number that has its rank.
 * Method: logarithmic bins, as DDSketch (Masson, Rim, Lee 2019). Memory: 14 kB, whatever is counted.
 */
export class ValueHistogram {
  readonly #bins = new Uint32Array(BINS)
  #zeros = 0
  #count = 0
  #sum = 0
  #max = Number.NaN

  get count(): number {
    return this.#count
  }

  get sum(): number {
    return this.#sum
  }

  /** NaN when nothing was counted. */
  get max(): number {
    return this.#max
  }

  add(value: number): void {
    this.#count++
    this.#sum += value
    if (!(value <= this.#max)) this.#max = value
    if (value < SMALLEST) this.#zeros++
    else this.#bins[Math.min(BINS - 1, Math.round(Math.log(value / SMALLEST) / LOG_GROWTH))]!++
  }

  /** The value below which this share of the numbers lies; NaN when nothing was counted. */
  quantile(share: number): number {
    if (this.#count === 0 || share >= 1) return this.#max
    let rank = share * (this.#count - 1) - this.#zeros
    if (rank < 0) return 0
    for (const [bin, count] of this.#bins.entries()) {
      rank -= count
      if (rank < 0) return Math.min(this.#max, SMALLEST * BIN_GROWTH ** bin)
    }
    return this.#max
  }
}
