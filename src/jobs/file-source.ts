import { readSync } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import zlib from 'node:zlib'
import { ReadError, UsageError } from '../base/errors.ts'
import type { Compression } from '../readers/open.ts'
import type { ByteSource } from '../readers/reader.ts'

/** What was just copied is still in the processor's cache when it is scanned; of chunks of a megabyte it is not. */
const CHUNK_BYTES = 1 << 18

/** After so many bytes whatever else waits for this thread has its turn, such as the wish to stop. */
const TURN_BYTES = 8 << 20

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
      try {
        yield* info.isFile() ? chunksOfFile(file) : chunksOfPipe(file)
      } finally {
        await file.close()
      }
    },
  }
}

/**
 * Read by this thread itself: through the pool of threads each chunk would come from another processor's cache, and one
 * that is long in coming has nobody else waiting here. The buffer is used again.
 */
async function* chunksOfFile({ fd }: FileHandle): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(CHUNK_BYTES)
  let untilTurn = TURN_BYTES
  for (;;) {
    const bytesRead = readSync(fd, buffer)
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
    untilTurn -= bytesRead
    if (untilTurn > 0) continue
    untilTurn = TURN_BYTES
    await setImmediate()
  }
}

/** Read only when it is wanted, and waited for by the pool of threads: it may never come. */
async function* chunksOfPipe(file: FileHandle): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(CHUNK_BYTES)
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES)
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
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
