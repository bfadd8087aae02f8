import { ReadError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import type { ByteSource } from './reader.ts'

/** Formats that are read whole are small by nature; what is larger than this is not one, or is an attack. */
export const MAX_WHOLE_BYTES = 1 << 30

/**
 * All bytes of an input, for formats that cannot be read in one forward pass.
 * @throws ReadError when there are more than `maxBytes`
 */
export async function wholeInput(input: ByteSource, format: string, run: Run, maxBytes = MAX_WHOLE_BYTES): Promise<Uint8Array<ArrayBuffer>> {
  let bytes = new Uint8Array(Math.min(maxBytes, input.sizeBytes ?? 1 << 16))
  let length = 0
  for await (const chunk of input.chunks()) {
    run.checkpoint()
    if (length + chunk.length > maxBytes) {
      throw new ReadError({
        file: input.name,
        format,
        position: { kind: 'byte', byte: maxBytes },
        expected: `at most ${maxBytes} bytes`,
        found: 'more',
        hint: 'This format is read whole; a file of this size is not expected.',
      })
    }
    if (length + chunk.length > bytes.length) {
      const grown = new Uint8Array(Math.min(maxBytes, Math.max(2 * bytes.length, length + chunk.length)))
      grown.set(bytes.subarray(0, length))
      bytes = grown
    }
    bytes.set(chunk, length)
    length += chunk.length
  }
  return bytes.subarray(0, length)
}
