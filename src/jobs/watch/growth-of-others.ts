/** Less growth than this is what every process does while it runs. */
const LEAST_BYTES = 2e6
/** Beyond this many times its own growth, that of the others is what is to be judged. */
const PREVAILING = 2
/** Pairs are kept at lengths that each are so much longer than the last: of a watch of weeks some hundred. */
const LONGER = 1.1
const FIRST = 10

interface Pair {
  readonly samples: number
  readonly own: number
  readonly others: number
}

/**
 * Where a family of processes is watched and one of them tells of its heap: whose memory grows, its own or that of the
 * others? Compared are now and when the watch was half as long, so that others which were started later are past their start.
 */
export class GrowthOfOthers {
  #pairs: Pair[] = []
  #samples = 0
  #next = FIRST

  /** One sample of all; `read`, what the one has that tells, is called only when it is due, and gives nothing where that has ended. */
  add(familyBytes: number | undefined, read: () => number | undefined): void {
    if (++this.#samples < this.#next || familyBytes === undefined) return
    const own = read()
    if (own === undefined) return
    this.#next = Math.ceil(this.#samples * LONGER)
    this.#pairs.push({ samples: this.#samples, own, others: familyBytes - own })
  }

  /** Another process tells from now on. */
  clear(): void {
    this.#pairs = []
    this.#samples = 0
    this.#next = FIRST
  }

  /** The others grew by more than twice as much as the one that tells. */
  get prevails(): boolean {
    const now = this.#pairs.at(-1)
    if (now === undefined) return false
    const before = this.#pairs.findLast(({ samples }) => samples <= now.samples / 2)
    if (before === undefined) return false
    const others = now.others - before.others
    return others > LEAST_BYTES && others > PREVAILING * (now.own - before.own)
  }
}
