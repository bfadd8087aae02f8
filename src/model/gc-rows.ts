import { GC_NUMBERS } from './gc-log.ts'

const SUMMED = new Set<string>(['pauseMs', 'concurrentMs', 'cpuMs', 'assistCpuMs', 'promotedBytes', 'allocatedBytes'])
const LEAST = new Set<string>(['startMs', 'usedAfterBytes', 'liveBytes'])

// A row: how many collections it stands for, generation, cause, stream, then the numbers. One array for all, so that
// adding is one copy, and putting two together stays within two pieces of memory.
const COUNT = 0
const GENERATION = 1
const CAUSE = 2
const STREAM = 3
const FIRST = 4
const WIDTH = FIRST + GC_NUMBERS.length
const NUMBERS = GC_NUMBERS.length
const SUM_AT = GC_NUMBERS.flatMap((name, at) => (SUMMED.has(name) ? [FIRST + at] : []))
const LEAST_AT = GC_NUMBERS.flatMap((name, at) => (LEAST.has(name) ? [FIRST + at] : []))
const MOST_AT = GC_NUMBERS.flatMap((name, at) => (SUMMED.has(name) || LEAST.has(name) ? [] : [FIRST + at]))
const SMALLEST_ROWS = 64
/** Where rows of very many streams leave nothing to put together, they go on to grow. */
const LARGEST_GRAIN = 2 ** 40

/**
 * The rows of a GC log while it is read: at most `mostRows`. When they are full, `share` puts neighbours of one stream and
 * one generation together, up to a grain that doubles when that frees too little, so that all parts of a log keep the
 * same detail. The youngest `openRows` stay single, since later lines may change them.
 * Cost: adding is constant on average; memory 8 · WIDTH bytes a row.
 */
export class GcRows {
  readonly #most: number
  readonly #open: number
  #values = new Float64Array(SMALLEST_ROWS * WIDTH)
  #count = 0
  #added = 0
  #grain = 1
  /** Rows before it were put together at the present grain. */
  #shared = 0
  /** Rows before it have their final values; `GcLogBuilder` moves it on. */
  settled = 0

  constructor({ mostRows, openRows }: { mostRows: number; openRows: number }) {
    this.#most = mostRows
    this.#open = openRows
  }

  /** Rows there are. */
  get count(): number {
    return this.#count
  }

  /** Collections that were added. */
  get added(): number {
    return this.#added
  }

  get isFull(): boolean {
    return this.#count >= this.#most
  }

  /** Whether a row may stand for several collections. */
  get shares(): boolean {
    return this.#grain > 1
  }

  /** The first row that may still change. */
  get firstOpen(): number {
    return Math.max(0, this.#count - this.#open)
  }

  /** The ordinal of the new collection. */
  add(generation: number, cause: number, stream: number, numbers: Float64Array): number {
    const at = this.#count * WIDTH
    if (at + WIDTH > this.#values.length) {
      const grown = new Float64Array(2 * this.#values.length)
      grown.set(this.#values)
      this.#values = grown
    }
    const values = this.#values
    values[at + COUNT] = 1
    values[at + GENERATION] = generation
    values[at + CAUSE] = cause
    values[at + STREAM] = stream
    // A loop: for so few numbers `set` and `copyWithin` cost more to call than to do.
    for (let number = 0; number < NUMBERS; number++) values[at + FIRST + number] = numbers[number]!
    this.#count++
    return this.#added++
  }

  /** Where a collection stands; undefined when its row cannot be changed any more. */
  rowOf(ordinal: number): number | undefined {
    const row = ordinal - (this.#added - this.#count)
    return row >= this.settled && row < this.#count ? row : undefined
  }

  get(row: number, number: number): number {
    return this.#values[row * WIDTH + FIRST + number]!
  }

  set(row: number, number: number, value: number): void {
    this.#values[row * WIDTH + FIRST + number] = value
  }

  setGeneration(row: number, generation: number): void {
    this.#values[row * WIDTH + GENERATION] = generation
  }

  setCause(row: number, cause: number): void {
    this.#values[row * WIDTH + CAUSE] = cause
  }

  causeOf(row: number): number {
    return this.#values[row * WIDTH + CAUSE]!
  }

  streamOf(row: number): number {
    return this.#values[row * WIDTH + STREAM]!
  }

  /** Puts settled rows together until a quarter of the room is free. */
  share(): void {
    if (this.#grain === 1) this.#grain = 2
    this.#join(this.#shared)
    while (this.#count > 0.75 * this.#most && this.#grain < LARGEST_GRAIN) {
      this.#grain *= 2
      this.#join(0)
    }
  }

  /** Any row tells this number. */
  tells(number: number): boolean {
    for (let at = FIRST + number; at < this.#count * WIDTH; at += WIDTH) if (!Number.isNaN(this.#values[at]!)) return true
    return false
  }

  column(number: number): Float64Array {
    return this.#take(FIRST + number, new Float64Array(this.#count))
  }

  collections(): Uint32Array {
    return this.#take(COUNT, new Uint32Array(this.#count))
  }

  generations(): Uint8Array {
    return this.#take(GENERATION, new Uint8Array(this.#count))
  }

  causes(): Uint32Array {
    return this.#take(CAUSE, new Uint32Array(this.#count))
  }

  streams(): Uint32Array {
    return this.#take(STREAM, new Uint32Array(this.#count))
  }

  #take<Column extends Float64Array | Uint32Array | Uint8Array>(part: number, column: Column): Column {
    for (let row = 0; row < this.#count; row++) column[row] = this.#values[row * WIDTH + part]!
    return column
  }

  /** Goes over the settled rows from `from` on and puts each into the row before it of its stream and generation, if the grain allows. */
  #join(from: number): void {
    const values = this.#values
    const lanes = new Map<number, number>()
    let to = from
    for (let row = from; row < this.settled; row++) {
      const at = row * WIDTH
      const lane = values[at + STREAM]! * 4 + values[at + GENERATION]!
      const into = lanes.get(lane)
      if (into !== undefined && values[into * WIDTH + COUNT]! + values[at + COUNT]! <= this.#grain) {
        this.#merge(into * WIDTH, at)
        continue
      }
      if (to < row) for (let part = 0; part < WIDTH; part++) values[to * WIDTH + part] = values[at + part]!
      lanes.set(lane, to++)
    }
    values.copyWithin(to * WIDTH, this.settled * WIDTH, this.#count * WIDTH)
    this.#count -= this.settled - to
    this.settled = to
    this.#shared = to
  }

  #merge(into: number, from: number): void {
    const values = this.#values
    values[into + COUNT]! += values[from + COUNT]!
    // A comparison with NaN is false: what is unknown in one row is taken from the other.
    for (const at of SUM_AT) {
      const a = values[into + at]!
      const b = values[from + at]!
      values[into + at] = Number.isNaN(a) ? b : Number.isNaN(b) ? a : a + b
    }
    for (const at of LEAST_AT) {
      const b = values[from + at]!
      if (!(values[into + at]! <= b) && !Number.isNaN(b)) values[into + at] = b
    }
    for (const at of MOST_AT) {
      const b = values[from + at]!
      if (!(values[into + at]! >= b) && !Number.isNaN(b)) values[into + at] = b
    }
  }
}
