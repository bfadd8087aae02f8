import { growingUint32 } from '../../base/growing-columns.ts'
import { release } from '../../base/release.ts'

/** Names of threads are short; a dump's other strings are of no use to us and may be secrets. */
export const MAX_TEXT_BYTES = 64
/** Together: enough for the names of threads, which are among the first strings made, and a bound on any file. */
const MAX_POOL_BYTES = 32 << 20

/** The contents of short byte and char arrays while a dump is read, to name its threads. Not part of the graph. */
export class ShortTexts {
  readonly #nodes = growingUint32()
  readonly #starts = growingUint32()
  #pool = new Uint8Array(1 << 12)
  #used = 0

  keep(node: number, bytes: Uint8Array): void {
    if (this.#used + bytes.length > MAX_POOL_BYTES) return
    if (this.#used + bytes.length > this.#pool.length) {
      const grown = new Uint8Array(2 * this.#pool.length)
      grown.set(this.#pool.subarray(0, this.#used))
      release(this.#pool)
      this.#pool = grown
    }
    this.#pool.set(bytes, this.#used)
    this.#nodes.push(node)
    this.#starts.push(this.#used)
    this.#used += bytes.length
  }

  /** Closes the collection: what looks texts up by the node of their array, and what gives their memory back. */
  close(): { textOf(node: number, encoding: 'char' | 'byte'): string | undefined; release(): void } {
    const [nodes, starts, pool] = [this.#nodes.flatten(), this.#starts.flatten(), this.#pool.subarray(0, this.#used)]
    const textOf = (node: number, encoding: 'char' | 'byte'): string | undefined => {
      let low = 0
      let high = nodes.length
      while (low < high) {
        const middle = (low + high) >>> 1
        if (nodes[middle]! < node) low = middle + 1
        else high = middle
      }
      if (nodes[low] !== node) return undefined
      const bytes = pool.subarray(starts[low]!, starts[low + 1] ?? pool.length)
      // A dump is big endian, but bytes are bytes: a String's UTF-16 has the order of the machine, Latin-1 no zeros.
      if (encoding === 'char') return new TextDecoder('utf-16be').decode(bytes)
      return bytes.length % 2 === 0 && bytes.some((byte, at) => byte === 0 && at % 2 === 1) ? new TextDecoder('utf-16le').decode(bytes) : new TextDecoder('latin1').decode(bytes)
    }
    return { textOf, release: () => release(nodes, starts, pool) }
  }
}
