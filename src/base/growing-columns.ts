/** Items of the largest block; a quarter of a million of them is where copying stops to matter. */
const MAX_BLOCK = 1 << 18

/** The typed arrays a growing column may be made of. */
interface Block {
  readonly length: number
  [index: number]: number
}

/**
 * A column whose length is not known before: filled at the end, in blocks, so that growing copies nothing and the peak
 * is the data once. `flatten` gives the one array and empties the column.
 */
export class GrowingColumn<Column extends Block & { set(from: Column, at: number): void; subarray(from: number, to: number): Column }> {
  readonly #make: (length: number) => Column
  #blocks: Column[] = []
  #block: Column
  #at = 0
  #before = 0

  constructor(make: (length: number) => Column) {
    this.#make = make
    this.#block = make(256)
  }

  get length(): number {
    return this.#before + this.#at
  }

  push(value: number): void {
    if (this.#at === this.#block.length) {
      this.#blocks.push(this.#block)
      this.#before += this.#at
      this.#block = this.#make(Math.min(MAX_BLOCK, 2 * this.#at))
      this.#at = 0
    }
    this.#block[this.#at++] = value
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

  flatten(): Column {
    const flat = this.#make(this.length)
    let at = 0
    for (const block of this.drain()) {
      flat.set(block, at)
      at += block.length
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

export const growingUint8 = (): GrowingColumn<Uint8Array> => new GrowingColumn((length) => new Uint8Array(length))
export const growingUint32 = (): GrowingColumn<Uint32Array> => new GrowingColumn((length) => new Uint32Array(length))
export const growingFloat64 = (): GrowingColumn<Float64Array> => new GrowingColumn((length) => new Float64Array(length))
