import { release } from '../../base/release.ts'
import { NONE } from '../../model/heap-graph.ts'
import { sortRuns } from './sort-runs.ts'

/**
 * Ordinals by address: them in the order of their addresses, and for each page of the address range the first that lies
 * in it, so a look-up is one step and a search among a few neighbours, whatever the number of objects.
 * Cost: a sort, or one pass where the dump is written in the order of the heap, as HotSpot's are but for the classes;
 *   6 to 8 bytes an object while it lives, 8 more while they are sorted.
 */
export class AddressIndex {
  /** Ordinals in ascending order of their addresses, each address once. */
  readonly nodeAt: Uint32Array
  readonly #addresses: Float64Array
  readonly #firstRank: Uint32Array
  readonly #lowest: number
  /** One over a power of two: multiplying is exact, and cheaper than dividing. */
  readonly #pagesPerByte: number
  readonly #pageCount: number

  /** `addresses[node]`, which are not copied; the first `skip` nodes have none. */
  constructor(addresses: Float64Array, skip: number) {
    this.#addresses = addresses
    const inRuns = sortRuns(addresses, skip)
    const sorted = inRuns === undefined ? unique(addresses.slice(skip).sort()) : undefined
    const nodeAt = inRuns ?? new Uint32Array(sorted!.length)
    this.nodeAt = nodeAt
    const count = nodeAt.length
    const addressAt = (rank: number): number => (sorted === undefined ? addresses[nodeAt[rank]!]! : sorted[rank]!)
    this.#lowest = count === 0 ? 0 : addressAt(0)
    const range = count === 0 ? 1 : addressAt(count - 1) - this.#lowest + 1
    let pageBytes = 16
    while (range / pageBytes > count) pageBytes *= 2
    this.#pagesPerByte = 1 / pageBytes
    this.#pageCount = Math.floor(range / pageBytes) + 1
    this.#firstRank = new Uint32Array(this.#pageCount + 1)
    let page = 0
    for (let rank = 0; rank < count; rank++) {
      const pageOfRank = Math.floor((addressAt(rank) - this.#lowest) / pageBytes)
      while (page <= pageOfRank) this.#firstRank[page++] = rank
    }
    while (page <= this.#pageCount) this.#firstRank[page++] = count
    if (sorted === undefined) return
    for (let node = addresses.length - 1; node >= skip; node--) nodeAt[this.#rankIn(sorted, addresses[node]!)] = node
    release(sorted)
  }

  /** NONE where no object has this address. */
  nodeOf(address: number): number {
    const page = Math.floor((address - this.#lowest) * this.#pagesPerByte)
    if (!(page >= 0 && page < this.#pageCount)) return NONE
    const nodeAt = this.nodeAt
    const addresses = this.#addresses
    let low = this.#firstRank[page]!
    let high = this.#firstRank[page + 1]!
    while (high - low > 4) {
      const middle = (low + high) >>> 1
      if (addresses[nodeAt[middle]!]! <= address) low = middle
      else high = middle
    }
    for (; low < high; low++) {
      const node = nodeAt[low]!
      if (addresses[node] === address) return node
    }
    return NONE
  }

  /** Gives its memory back; nothing can be looked up any more. */
  release(): void {
    release(this.nodeAt, this.#firstRank)
  }

  /** The rank of an address that is known to be there. */
  #rankIn(sorted: Float64Array, address: number): number {
    const page = Math.floor((address - this.#lowest) * this.#pagesPerByte)
    let low = this.#firstRank[page]!
    let high = this.#firstRank[page + 1]!
    while (high - low > 1) {
      const middle = (low + high) >>> 1
      if (sorted[middle]! <= address) low = middle
      else high = middle
    }
    return low
  }
}

function unique(sorted: Float64Array): Float64Array {
  let kept = 0
  for (let rank = 0; rank < sorted.length; rank++) {
    if (kept === 0 || sorted[rank] !== sorted[kept - 1]) sorted[kept++] = sorted[rank]!
  }
  return sorted.subarray(0, kept)
}
