import { ReadError, UsageError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import { type ByteSource, HEAD_BYTES, type ModelName, type Models, type Reader } from './reader.ts'
import { READERS } from './registry.ts'
import { replay } from './replay.ts'

/** Compressions that are peeled off before an input is recognized. */
export type Compression = 'gzip' | 'zstd'

/** Undoes a compression; given by the shell, since the pure floors know no decompressor. */
export type Decompress = (compression: Compression, chunks: AsyncIterable<Uint8Array>, fileName: string) => AsyncIterable<Uint8Array>

export interface OpenOptions {
  /** Do not recognize, use this reader. */
  format?: string | undefined
  decompress?: Decompress | undefined
  /** Only readers of these models may answer. */
  makes?: readonly ModelName[] | undefined
  readers?: readonly Reader[] | undefined
}

/** A model, and which one it is. */
export type Opened = { [M in ModelName]: { makes: M; format: string; model: Models[M] } }[ModelName]

/**
 * Reads any input we know: peels compression (twice at most), recognizes the format by its first 4 KiB, reads it.
 * @throws ReadError when no reader recognizes it or it is damaged; UsageError for an unknown `format`
 */
export async function openInput(source: ByteSource, run: Run, options: OpenOptions = {}): Promise<Opened> {
  const { input, head, release } = await peel(source, options.decompress)
  try {
    const reader = chooseReader(head, source.name, options)
    const model = await reader.read(input, run)
    return { makes: reader.makes, format: reader.format, model } as Opened
  } finally {
    await release()
  }
}

/** Which reader `openInput` would take; looks at the beginning of the input only. @throws as openInput */
export async function recognizeInput(source: ByteSource, options: OpenOptions = {}): Promise<Reader> {
  const { head, release } = await peel(source, options.decompress)
  await release()
  return chooseReader(head, source.name, options)
}

/** The reader for an input that begins with `head`. */
export function chooseReader(head: Uint8Array, name: string, { format, makes, readers = READERS }: OpenOptions = {}): Reader {
  const allowed = readers.filter((reader) => makes === undefined || makes.includes(reader.makes))
  if (format !== undefined) {
    const named = allowed.find((reader) => reader.format === format)
    if (named !== undefined) return named
    throw new UsageError({
      argument: '--format',
      given: format,
      allowed: `one of ${allowed.map((reader) => reader.format).join(', ')}`,
    })
  }
  const answers = allowed.map((reader) => ({ reader, sure: reader.recognize(head, name) }))
  const { reader } = answers.find(({ sure }) => sure === 'certain') ?? answers.find(({ sure }) => sure === 'likely') ?? {}
  if (reader !== undefined) return reader
  const other = makes === undefined ? undefined : readers.find((each) => !makes.includes(each.makes) && each.recognize(head, name) === 'certain')
  if (makes !== undefined && other !== undefined) {
    throw new ReadError({
      file: name,
      format: other.format,
      position: { kind: 'whole' },
      expected: makes.map((each) => MODEL_WORDS[each].a).join(' or '),
      found: MODEL_WORDS[other.makes].a,
      hint: `For that: stillhere ${MODEL_WORDS[other.makes].verb} FILE`,
    })
  }
  throw new ReadError({
    file: name,
    format: 'any',
    position: { kind: 'whole' },
    expected: 'a format stillhere reads',
    found: head.length === 0 ? 'an empty file' : `bytes that begin ${beginning(head)}`,
    hint: head.length === 0
      ? 'An empty file is what a process leaves that was killed while it wrote. Take it again.'
      : unpackHint(head) ?? 'Run `stillhere formats` for the list; name one with --format if you know it.',
  })
}

/** What a user calls each model, and the command that reads it. */
const MODEL_WORDS: Record<ModelName, { a: string; verb: string }> = {
  'heap-graph': { a: 'a heap snapshot', verb: 'analyze' },
  'allocation-profile': { a: 'an allocation profile', verb: 'analyze' },
  'gc-log': { a: 'a GC log', verb: 'gc' },
  'memory-series': { a: 'memory over time', verb: 'verdict' },
}

async function peel(source: ByteSource, decompress: Decompress | undefined): Promise<{ input: ByteSource; head: Uint8Array; release(): Promise<void> }> {
  let { chunks, head, release } = await peek(source.chunks())
  let sizeBytes = source.sizeBytes
  for (let layer = 0; layer < 2; layer++) {
    const compression = compressionOf(head)
    if (compression === undefined) break
    if (decompress === undefined) {
      throw new ReadError({
        file: source.name,
        format: compression,
        position: { kind: 'byte', byte: 0 },
        expected: 'uncompressed bytes here',
        found: `${compression} data`,
        hint: 'Decompress the file first.',
      })
    }
    sizeBytes = undefined
    ;({ chunks, head, release } = await peek(decompress(compression, chunks, source.name)))
  }
  const replayed = chunks
  return { input: { name: source.name, sizeBytes, chunks: () => replayed }, head, release }
}

function compressionOf(head: Uint8Array): Compression | undefined {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip'
  if (head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd) return 'zstd'
  return undefined
}

/** Compressions that no part of Node undoes; only gzip and zstd are peeled off. */
const PACKED: readonly { magic: readonly number[]; by: string }[] = [
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], by: 'xz -d' },
  { magic: [0x42, 0x5a, 0x68], by: 'bzip2 -d' },
  { magic: [0x50, 0x4b, 0x03, 0x04], by: 'unzip' },
  { magic: [0x04, 0x22, 0x4d, 0x18], by: 'lz4 -d' },
  { magic: [0x37, 0x7a, 0xbc, 0xaf], by: '7z x' },
]

function unpackHint(head: Uint8Array): string | undefined {
  const packed = PACKED.find(({ magic }) => magic.every((byte, at) => head[at] === byte))
  return packed === undefined ? undefined : `The file is packed in a way that is not undone here: ${packed.by} FILE first.`
}

/**
 * The first HEAD_BYTES, and an iterable that still gives everything. `release` closes what the chunks come from, also
 * when nobody asked for the rest; it may be called after the end.
 */
async function peek(chunks: AsyncIterable<Uint8Array>): Promise<{ head: Uint8Array; chunks: AsyncIterable<Uint8Array>; release(): Promise<void> }> {
  const iterator = chunks[Symbol.asyncIterator]()
  const seen: Uint8Array[] = []
  let length = 0
  while (length < HEAD_BYTES) {
    const next = await iterator.next()
    if (next.done === true) break
    seen.push(next.value.slice()) // the source may reuse its buffer
    length += next.value.length
  }
  const all = new Uint8Array(length)
  let at = 0
  for (const chunk of seen) {
    all.set(chunk, at)
    at += chunk.length
  }
  return {
    head: all.subarray(0, HEAD_BYTES),
    chunks: replay(all, iterator),
    async release() {
      await iterator.return?.()
    },
  }
}

function beginning(head: Uint8Array): string {
  const printable = Array.from(head.subarray(0, 16), (byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.'))
  const hex = Array.from(head.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0'))
  return `${hex.join(' ')} "${printable.join('')}"`
}
