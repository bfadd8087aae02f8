import type { Recorder } from './recorder.ts'

const MOST = 240

/**
 * The RSS of one process over time, small enough to be kept of every process of a machine: 4 KB each, however long. When it is
 * full, of each two values the lower stays, since a floor is made of lowest values, and from then on of twice as many.
 */
export class RssCourse {
  readonly #timeMs = new Float64Array(MOST)
  readonly #bytes = new Float64Array(MOST)
  #count = 0
  /** Values that become one, and how many of the last one are in. */
  #stride = 1
  #taken = 0

  add(timeMs: number, bytes: number): void {
    if (this.#taken === 0 && this.#count === MOST) this.#halve()
    const isFirst = this.#taken === 0
    const at = isFirst ? this.#count++ : this.#count - 1
    if (isFirst || bytes <= this.#bytes[at]!) {
      this.#timeMs[at] = timeMs
      this.#bytes[at] = bytes
    }
    this.#taken = (this.#taken + 1) % this.#stride
  }

  /** What was seen so far, for one that is followed closely from now on. */
  tell(recorder: Recorder): void {
    for (let i = 0; i < this.#count; i++) recorder.add(this.#timeMs[i]!, { rss: this.#bytes[i]! })
  }

  #halve(): void {
    for (let i = 0; i < MOST / 2; i++) {
      const lower = this.#bytes[2 * i]! <= this.#bytes[2 * i + 1]! ? 2 * i : 2 * i + 1
      this.#timeMs[i] = this.#timeMs[lower]!
      this.#bytes[i] = this.#bytes[lower]!
    }
    this.#count = MOST / 2
    this.#stride *= 2
  }
}
