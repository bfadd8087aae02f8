/** How many collections we can look back; more can not be asked for in `minCollections`. */
export const MAX_COLLECTIONS = 32

/** What the registry is given for a token that nobody holds: its death proves a major collection. */
export class Witness {
  readonly madeMs: number

  constructor(madeMs: number) {
    this.madeMs = madeMs
  }
}

/** The youngest token is at most this part of the waiting time old: in an idle process few are made, and one is always young enough. */
const SPACING = 1 / 8

/**
 * Counts the major collections of this isolate that began after a moment.
 *
 * Method: tokens in the registry of the watched objects. Only a collection whose marking began after a token was made can
 *   find it dead, and a registry tells of all deaths of one collection in one go: so when a token has been told of,
 *   everything that collection freed has been too. A new token is made at once, and one at each tick, so that a
 *   collection that begins soon after another is not missed. (Tried before: a PerformanceObserver of `gc`. It is called
 *   for every young collection too, and does not say whether the registry has been heard.)
 * Cost: a few small objects for each major collection.
 */
export class MajorCollections {
  readonly #madeMs = new Float64Array(MAX_COLLECTIONS)
  #total = 0
  #waiting = new Set<Witness>()
  #oldestMs = 0
  #youngestMs = 0
  /** The youngest token of the collection that is being told of. */
  #toldMs = -1

  get isAwaited(): boolean {
    return this.#waiting.size > 0
  }

  /** Puts a token into the registry. */
  await(registry: FinalizationRegistry<object>, nowMs: number): void {
    if (this.#waiting.size > 0 && nowMs - this.#youngestMs < (nowMs - this.#oldestMs) * SPACING) return
    const witness = new Witness(nowMs)
    if (this.#waiting.size === 0) this.#oldestMs = nowMs
    this.#youngestMs = nowMs
    this.#waiting.add(witness)
    registry.register({}, witness)
  }

  /** The registry told of this one; true for the first of a collection, to be followed by `count` in a later turn. */
  told(witness: Witness): boolean {
    if (!this.#waiting.delete(witness)) return false
    const isFirst = this.#toldMs < 0
    this.#toldMs = Math.max(this.#toldMs, witness.madeMs)
    return isFirst
  }

  /** The registry is through with all that the collection freed. */
  count(): void {
    if (this.#toldMs < 0) return
    this.#madeMs[this.#total % MAX_COLLECTIONS] = this.#toldMs
    this.#total++
    this.#toldMs = -1
  }

  /** The registry is given up, and the tokens in it. */
  forget(): void {
    this.#waiting = new Set()
    this.#toldMs = -1
  }

  /** Whether `wanted` major collections certainly began after `ms`. Only whole cycles prove anything; see docs/concepts. */
  sawSince(ms: number, wanted: number): boolean {
    if (wanted <= 0) return true
    if (wanted > this.#total) return false
    return this.#madeMs[(this.#total - wanted) % MAX_COLLECTIONS]! > ms
  }
}
