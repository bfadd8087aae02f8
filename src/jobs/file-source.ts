import { open, stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import zlib from 'node:zlib'
import { ReadError, UsageError } from '../base/errors.ts'
import type { Compression } from '../readers/open.ts'
import type { ByteSource } from '../readers/reader.ts'

const CHUNK_BYTES = 1 << 20

/** A file on disk as a `ByteSource`. @throws ReadError when it is not there, not a file, or may not be read */
export async function fileSource(path: string): Promise<ByteSource> {
  const refuse = (found: string, cause?: unknown): never => {
    throw new ReadError({ file: path, format: 'file', position: { kind: 'whole' }, expected: 'a readable file', found, cause })
  }
  const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return refuse('no such file', error)
    return refuse(error.code === 'EACCES' ? 'one this user may not read' : error.message, error)
  })
  if (info.isDirectory()) refuse('a directory')
  return {
    name: path,
    sizeBytes: info.isFile() ? info.size : undefined,
    async *chunks() {
      const file = await open(path).catch((error: Error) => refuse(error.message, error))
      let pending: Promise<{ bytesRead: number }> | undefined
      try {
        let buffer = new Uint8Array(CHUNK_BYTES)
        let other = new Uint8Array(CHUNK_BYTES)
        const read = (): void => {
          pending = file.read(buffer, 0, CHUNK_BYTES)
          pending.catch(() => undefined) // told when it is asked for
        }
        read()
        for (;;) {
          const { bytesRead } = await pending!
          if (bytesRead === 0) return
          ;[buffer, other] = [other, buffer]
          // While one chunk is worked on, the next is read; of a pipe only when it is wanted: it may never come.
          if (info.isFile()) read()
          yield other.subarray(0, bytesRead)
          if (!info.isFile()) read()
        }
      } finally {
        await pending?.catch(() => undefined)
        await file.close()
      }
    },
  }
}

/** Undoes gzip and zstd with the runtime's own library; a damaged stream ends in a `ReadError` with its position. */
export async function* decompress(
  compression: Compression,
  chunks: AsyncIterable<Uint8Array>,
  fileName: string,
): AsyncGenerator<Uint8Array> {
  const inflater = compression === 'gzip' ? zlib.createGunzip({ chunkSize: CHUNK_BYTES }) : makeZstd()
  let readBytes = 0
  async function* copied(): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      readBytes += chunk.length
      yield chunk.slice() // the source may reuse its buffer, the inflater works behind
    }
  }
  const source = Readable.from(copied(), { objectMode: false })
  source.on('error', (error) => inflater.destroy(error))
  try {
    for await (const chunk of source.pipe(inflater)) yield chunk as Uint8Array
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || !String(error.code).startsWith('Z')) throw error
    throw new ReadError({
      file: fileName,
      format: compression,
      position: { kind: 'byte', byte: readBytes },
      expected: `a whole ${compression} stream`,
      found: error.message,
      hint: 'The file is cut or damaged: was the disk full, or the process killed while writing?',
      cause: error,
    })
  } finally {
    source.destroy()
    inflater.destroy()
  }
}

function makeZstd(): zlib.Gunzip {
  if (typeof zlib.createZstdDecompress !== 'function') {
    throw new UsageError({ argument: 'input', given: 'zstd data', allowed: 'uncompressed or gzip data on this Node', hint: 'Use Node 22.15 or newer.' })
  }
  return zlib.createZstdDecompress({ chunkSize: CHUNK_BYTES })
}
