import { release } from './release.ts'

/** Items of the first block; each one behind it is twice as large as the one before. */
const FIRST_BLOCK = 256
/** Items of the last block that doubles, how many do, and the items of all of them. */
const LAST_DOUBLED = 1 << 16
const DOUBLED_BLOCKS = Math.log2(LAST_DOUBLED / FIRST_BLOCK) + 1
const DOUBLED_ITEMS = 2 * LAST_DOUBLED - FIRST_BLOCK
/**
 * Bytes of all blocks behind those: what is smaller the C library's allocator keeps for itself when it is freed
 * (M_MMAP_THRESHOLD grows up to this), and what is not yet written takes no memory.
 */
const LARGE_BLOCK_BYTES = 1 << 25

/** The typed arrays a growing column may be made of. */
interface Block {
  readonly length: number
  readonly BYTES_PER_ELEMENT: number
  readonly buffer: ArrayBufferLike
  [index: number]: number
}

/**
 * A column whose length is not known before: filled at the end, in blocks, so that growing copies nothing and the peak
 * is the data once. `flatten` gives the one array and empties the column.
 */
export class GrowingColumn<Column extends Block & { set(from: Column, at: number): void; subarray(from: number, to: number): Column }> {
  readonly #make: (length: number) => Column
  readonly #largeBlock: number
  #blocks: Column[] = []
  #block: Column
  #at = 0
  #before = 0

  constructor(make: (length: number) => Column) {
    this.#make = make
    this.#block = make(FIRST_BLOCK)
    this.#largeBlock = LARGE_BLOCK_BYTES / this.#block.BYTES_PER_ELEMENT
  }

  get length(): number {
    return this.#before + this.#at
  }

  push(value: number): void {
    if (this.#at === this.#block.length) {
      this.#blocks.push(this.#block)
      this.#before += this.#at
      this.#block = this.#make(this.#at < LAST_DOUBLED ? 2 * this.#at : this.#largeBlock)
      this.#at = 0
    }
    this.#block[this.#at++] = value
  }

  /** The item at `index`, which is below `length`. */
  at(index: number): number {
    if (index < DOUBLED_ITEMS) {
      const block = 31 - Math.clz32(index / FIRST_BLOCK + 1)
      return (this.#blocks[block] ?? this.#block)[index - FIRST_BLOCK * (2 ** block - 1)]!
    }
    const block = Math.floor((index - DOUBLED_ITEMS) / this.#largeBlock)
    return (this.#blocks[DOUBLED_BLOCKS + block] ?? this.#block)[index - DOUBLED_ITEMS - block * this.#largeBlock]!
  }

  /** The blocks in order, each handed out once and then forgotten: memory is given back while they are used. */
  *drain(): Generator<Column> {
    const blocks = this.#blocks
    blocks.push(this.#block.subarray(0, this.#at))
    this.#empty()
    for (let index = 0; index < blocks.length; index++) {
      const block = blocks[index]!
      blocks[index] = this.#block
      yield block
    }
  }

  /** The items in order, each handed out once; the column is empty from here on, and gives its memory back on the way. */
  drainItems(): DrainedItems {
    return new DrainedItems(this.drain())
  }

  flatten(): Column {
    const flat = this.#make(this.length)
    let at = 0
    for (const block of this.drain()) {
      flat.set(block, at)
      at += block.length
      release(block)
    }
    return flat
  }

  #empty(): void {
    this.#blocks = []
    this.#block = this.#make(0)
    this.#at = 0
    this.#before = 0
  }
}

/** The items of a column that is given up, from front to back. */
export class DrainedItems {
  readonly #blocks: Iterator<Block>
  #block: Block = new Uint8Array(0)
  #at = 0

  constructor(blocks: Iterator<Block>) {
    this.#blocks = blocks
  }

  /** Call it only as often as there are items: behind the last one is nothing. */
  next(): number {
    if (this.#at === this.#block.length) this.#turn()
    return this.#block[this.#at++]!
  }

  /** Gives the rest of the memory back. */
  close(): void {
    release(this.#block)
  }

  #turn(): void {
    release(this.#block)
    this.#block = this.#blocks.next().value as Block
    this.#at = 0
  }
}

export const growingUint8 = (): GrowingColumn<Uint8Array> => new GrowingColumn((length) => new Uint8Array(length))
export const growingUint32 = (): GrowingColumn<Uint32Array> => new GrowingColumn((length) => new Uint32Array(length))
export const growingFloat64 = (): GrowingColumn<Float64Array> => new GrowingColumn((length) => new Float64Array(length))
