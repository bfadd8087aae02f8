import { ReadError } from '../base/errors.ts'

const MAGIC = 0x184d2204
/** Matches reach back at most this far, across blocks too. */
const WINDOW = 1 << 16

/** Whether `head` begins an LZ4 frame. */
export function isLz4Frame(head: Uint8Array): boolean {
  return head[0] === 0x04 && head[1] === 0x22 && head[2] === 0x4d && head[3] === 0x18
}

export interface Lz4Options {
  file: string
  format: string
  /** Told when the input ends before the frame does; what was whole before that has been given. */
  onCut: (byte: number) => void
}

/**
 * Undoes LZ4 frames, block by block (specification: lz4/doc/lz4_Frame_format.md and lz4_Block_format.md, v1.6).
 *
 * A block never grows beyond the size its frame names (4 MiB at most), so memory is bounded whatever the input says.
 * Checksums are stepped over. Frames one after another and skippable frames are read, dictionaries refused.
 * @throws ReadError at the byte of the block that is damaged
 */
export async function* undoLz4(chunks: AsyncIterable<Uint8Array>, { file, format, onCut }: Lz4Options): AsyncGenerator<Uint8Array> {
  const input = new Pull(chunks)
  const refuse = (expected: string, found: string): never => {
    throw new ReadError({ file, format, position: { kind: 'byte', byte: input.at }, expected, found })
  }
  for (let frame = 0; ; frame++) {
    const magic = await input.uint32()
    if (magic === undefined) return frame === 0 ? onCut(input.at) : undefined
    if (magic >>> 4 === 0x184d2a5) {
      const length = await input.uint32()
      if (length === undefined || (await input.take(length)) === undefined) return onCut(input.at)
      continue
    }
    if (magic !== MAGIC) {
      if (frame > 0) return // bytes after the last frame
      refuse('an LZ4 frame', `0x${magic.toString(16)}`)
    }
    const descriptor = await input.take(2)
    if (descriptor === undefined) return onCut(input.at)
    const [flags, sizes] = [descriptor[0]!, descriptor[1]!]
    if (flags >> 6 !== 1) refuse('LZ4 frame version 1', `version ${flags >> 6}`)
    if ((flags & 1) !== 0) refuse('an LZ4 frame without a dictionary', 'one with')
    const blockBytes = 1 << (8 + 2 * ((sizes >> 4) & 7))
    if (blockBytes < WINDOW) refuse('a block size of 64 KiB to 4 MiB', String(blockBytes))
    if ((await input.take(((flags & 8) === 0 ? 0 : 8) + 1)) === undefined) return onCut(input.at)
    // the window of what went before, then the block
    const output = new Uint8Array(WINDOW + blockBytes)
    let kept = 0
    for (;;) {
      const size = await input.uint32()
      if (size === undefined) return onCut(input.at)
      if (size === 0) break
      const length = size & 0x7fffffff
      if (length > blockBytes) refuse(`a block of at most ${blockBytes} bytes`, String(length))
      const block = await input.take(length)
      if (block === undefined) return onCut(input.at)
      let end: number
      if (size >>> 31 === 1) {
        output.set(block, kept)
        end = kept + length
      } else {
        const from = (flags & 0x20) === 0 ? 0 : kept
        end = undoBlock(block, output.subarray(0, kept + blockBytes), kept, from)
        if (end < 0) refuse('an LZ4 block', 'a match or length that leads outside')
      }
      yield output.slice(kept, end)
      const window = Math.min(WINDOW, end)
      output.copyWithin(0, end - window, end)
      kept = window
      if ((flags & 0x10) !== 0 && (await input.take(4)) === undefined) return onCut(input.at)
    }
    if ((flags & 4) !== 0 && (await input.take(4)) === undefined) return onCut(input.at)
  }
}

/** Writes the block's bytes to `output` from `at` on; matches may reach back to `oldest`. The end, −1 if damaged. */
export function undoBlock(block: Uint8Array, output: Uint8Array, at: number, oldest: number): number {
  let from = 0
  for (;;) {
    const token = block[from++]
    if (token === undefined) return -1
    let literals = token >> 4
    if (literals === 15) {
      let more: number | undefined
      do {
        more = block[from++]
        if (more === undefined) return -1
        literals += more
      } while (more === 255)
    }
    if (from + literals > block.length || at + literals > output.length) return -1
    output.set(block.subarray(from, from + literals), at)
    from += literals
    at += literals
    if (from === block.length) return at // the last sequence has literals only
    if (from + 2 > block.length) return -1
    const distance = block[from]! | (block[from + 1]! << 8)
    from += 2
    let length = (token & 15) + 4
    if ((token & 15) === 15) {
      let more: number | undefined
      do {
        more = block[from++]
        if (more === undefined) return -1
        length += more
      } while (more === 255)
    }
    if (distance === 0 || at - distance < oldest || at + length > output.length) return -1
    // a match may overlap what it writes: byte by byte
    for (const end = at + length; at < end; at++) output[at] = output[at - distance]!
  }
}

/** Exactly so many bytes at a time, out of chunks of any length. */
class Pull {
  readonly #iterator: AsyncIterator<Uint8Array>
  #chunk: Uint8Array = new Uint8Array(0)
  #used = 0
  /** Bytes taken so far. */
  at = 0

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#iterator = chunks[Symbol.asyncIterator]()
  }

  async uint32(): Promise<number | undefined> {
    const bytes = await this.take(4)
    return bytes === undefined ? undefined : (bytes[0]! | (bytes[1]! << 8) | (bytes[2]! << 16) | (bytes[3]! << 24)) >>> 0
  }

  /** The next `length` bytes; undefined when the input ends before. */
  async take(length: number): Promise<Uint8Array | undefined> {
    const parts: Uint8Array[] = []
    let missing = length
    while (missing > 0) {
      if (this.#used === this.#chunk.length) {
        const next = await this.#iterator.next()
        if (next.done === true) return undefined
        this.#chunk = next.value
        this.#used = 0
        continue
      }
      const part = this.#chunk.slice(this.#used, this.#used + missing) // the source may reuse its buffer
      parts.push(part)
      this.#used += part.length
      missing -= part.length
    }
    this.at += length
    if (parts.length === 1) return parts[0]!
    const whole = new Uint8Array(length)
    let at = 0
    for (const part of parts) {
      whole.set(part, at)
      at += part.length
    }
    return whole
  }
}
