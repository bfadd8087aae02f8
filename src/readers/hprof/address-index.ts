import { NONE } from '../../model/heap-graph.ts'
import { sortRuns } from './sort-runs.ts'

/**
 * Ordinals by address. Sorted addresses, and for each page of the address range the first of them that lies in it, so
 * a look-up is one step and a search among a few neighbours, whatever the number of objects.
 * Cost: a sort, or one pass where the dump is written in the order of the heap, as HotSpot's are but for the classes;
 *   16 to 24 bytes an object while it lives.
 */
export class AddressIndex {
  /** Ascending, each address once. */
  readonly sorted: Float64Array
  /** The ordinal of `sorted[rank]`. */
  readonly nodeAt: Uint32Array
  readonly #firstRank: Uint32Array
  readonly #lowest: number
  /** One over a power of two: multiplying is exact, and cheaper than dividing. */
  readonly #pagesPerByte: number
  readonly #pageCount: number

  /** `addresses[node]`; the first `skip` nodes have none. */
  constructor(addresses: Float64Array, skip: number) {
    const ordered = sortRuns(addresses, skip)
    const sorted = ordered?.sorted ?? unique(addresses.slice(skip).sort())
    const count = sorted.length
    this.sorted = sorted
    this.#lowest = count === 0 ? 0 : sorted[0]!
    const range = count === 0 ? 1 : sorted[count - 1]! - this.#lowest + 1
    let pageBytes = 16
    while (range / pageBytes > count) pageBytes *= 2
    this.#pagesPerByte = 1 / pageBytes
    this.#pageCount = Math.floor(range / pageBytes) + 1
    this.#firstRank = new Uint32Array(this.#pageCount + 1)
    let page = 0
    for (let rank = 0; rank < count; rank++) {
      const pageOfRank = Math.floor((sorted[rank]! - this.#lowest) / pageBytes)
      while (page <= pageOfRank) this.#firstRank[page++] = rank
    }
    while (page <= this.#pageCount) this.#firstRank[page++] = count
    this.nodeAt = ordered?.nodeAt ?? new Uint32Array(count).fill(NONE)
    if (ordered !== undefined) return
    for (let node = addresses.length - 1; node >= skip; node--) this.nodeAt[this.rankOf(addresses[node]!)] = node
  }

  /** NONE where no object has this address. */
  rankOf(address: number): number {
    const page = Math.floor((address - this.#lowest) * this.#pagesPerByte)
    if (!(page >= 0 && page < this.#pageCount)) return NONE
    const { sorted } = this
    let low = this.#firstRank[page]!
    let high = this.#firstRank[page + 1]!
    while (high - low > 4) {
      const middle = (low + high) >>> 1
      if (sorted[middle]! <= address) low = middle
      else high = middle
    }
    for (; low < high; low++) if (sorted[low] === address) return low
    return NONE
  }

  nodeOf(address: number): number {
    const rank = this.rankOf(address)
    return rank === NONE ? NONE : this.nodeAt[rank]!
  }
}

function unique(sorted: Float64Array): Float64Array {
  let kept = 0
  for (let rank = 0; rank < sorted.length; rank++) {
    if (kept === 0 || sorted[rank] !== sorted[kept - 1]) sorted[kept++] = sorted[rank]!
  }
  return sorted.subarray(0, kept)
}
