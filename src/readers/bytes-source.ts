import type { ByteSource } from './reader.ts'

/** Bytes that are in memory already, as a source. */
export function bytesSource(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    sizeBytes: bytes.length,
    async *chunks() {
      yield bytes
    },
  }
}
