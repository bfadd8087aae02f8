import type { HeapGraph } from '../../model/heap-graph.ts'
import type { Header } from './header.ts'
import { valuesOf, type Wide } from './number-rows.ts'

/** Rows of `samples`: which id was the last one handed out at which moment of a timeline. */
export class SampleRows {
  readonly #layout: NonNullable<Header['sample']>
  readonly #timeMs: number[] = []
  readonly #lastId: number[] = []

  constructor(layout: NonNullable<Header['sample']>) {
    this.#layout = layout
  }

  add(numbers: Uint32Array, rowCount: number, wides: readonly Wide[]): void {
    const batch = valuesOf(numbers, rowCount * this.#layout.fields, wides)
    for (let row = 0, at = 0; row < rowCount; row++, at += this.#layout.fields) {
      this.#timeMs.push(batch[at + this.#layout.time]! / 1000)
      this.#lastId.push(batch[at + this.#layout.lastId]!)
    }
  }

  columns(): HeapGraph['samples'] {
    if (this.#timeMs.length === 0) return undefined
    return { timeMs: Float64Array.from(this.#timeMs), lastId: Float64Array.from(this.#lastId) }
  }
}
