import type { HeapGraph } from '../../model/heap-graph.ts'
import type { Header } from './header.ts'

/** Rows of `samples`: which id was the last one handed out at which moment of a timeline. */
export class SampleRows {
  readonly #layout: NonNullable<Header['sample']>
  readonly #timeMs: number[] = []
  readonly #lastId: number[] = []

  constructor(layout: NonNullable<Header['sample']>) {
    this.#layout = layout
  }

  add(batch: Float64Array, rowCount: number): void {
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
