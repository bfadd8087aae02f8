import { createHash } from 'node:crypto'
import { closeSync, mkdirSync, openSync, readSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import zlib from 'node:zlib'
import type { BestPaths } from '../analysis/heap/best-paths.ts'
import { type Computed, type HeapIndex } from '../analysis/heap/heap-index.ts'
import { Bitset } from '../base/bitset.ts'
import type { HeapGraph } from '../model/heap-graph.ts'
import { type RawParts, RawStrings } from '../readers/v8-heapsnapshot/string-bytes.ts'

/**
 * What was read and computed of a snapshot, kept in a file, so that the second opening is a copy from disk.
 *
 * Layout: 8 bytes of magic with the version; length and CRC-32 of a JSON description; the description, in which each typed
 *   array is a reference; the arrays, each with a CRC-32 in the description. Byte order is the machine's, and recorded.
 * Never believed: a cache counts only when version, byte order, the snapshot's size, time of change and a checksum over
 *   samples of its content agree, and every array has its checksum; anything else and it is made again.
 * Cost: about the size of the graph's columns on disk; reading it is one pass and one checksum.
 */

const MAGIC = 'SHIDX\0\0\x01'
/** Raised with any change to a column, a rule of strength, a class name, or a computation. */
const VERSION = 4
const ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 'little' : 'big'
const HEAD_BYTES = 24
const PIECE_BYTES = 64 << 20
const SAMPLE_BYTES = 4096
const SAMPLES = 64
const MAX_DESCRIPTION_BYTES = 256 << 20

const TYPES = { Uint8Array, Uint16Array, Uint32Array, Float64Array } as const
type TypeName = keyof typeof TYPES
type Column = InstanceType<(typeof TYPES)[TypeName]>

interface ColumnEntry {
  type: TypeName
  length: number
  crc: number
}

interface Description {
  version: number
  endian: string
  snapshot: { sizeBytes: number; changedMs: number; sample: string }
  columns: ColumnEntry[]
  content: unknown
}

interface Content {
  graph: Omit<HeapGraph, 'strings' | 'edgeIsStrong' | 'allocations'> & { allocations?: Record<string, unknown> }
  strings: RawParts
  edgeIsStrong: Uint32Array
  dominators: { immediateDominator: Uint32Array; retainedBytes: Uint32Array | Float64Array; order: Uint32Array; unreachable: Uint32Array }
  distances: Uint32Array
  bestPaths: BestPaths
  ownedBytes: Uint32Array | Float64Array
  classes: NonNullable<Computed['classes']>
  classTotals: NonNullable<Computed['classTotals']>
}

/** Where the cache of a snapshot stands: in `directory`, or beside the snapshot. */
export function cachePath(snapshot: string, directory?: string): string {
  if (directory === undefined) return `${snapshot}.stillhere-index`
  const whole = createHash('sha256').update(resolve(snapshot)).digest('hex').slice(0, 12)
  return join(directory, `${basename(snapshot)}.${whole}.stillhere-index`)
}

/** Writes the cache, whole or not at all. False when this graph cannot be kept: it is of another reader. */
export function writeIndexCache(snapshot: string, path: string, index: HeapIndex): boolean {
  const { graph } = index
  if (!(graph.strings instanceof RawStrings)) return false
  const { strings: _strings, edgeIsStrong, allocations, ...columns } = graph
  const { unreachable, ...tree } = index.dominators()
  const { strings: __, source: ___, ...profile } = allocations ?? { strings: 0, source: 0 }
  const content: Content = {
    graph: { ...columns, ...(allocations === undefined ? {} : { allocations: profile }) },
    strings: trimmed(graph.strings.parts()),
    edgeIsStrong: edgeIsStrong.words,
    dominators: { ...tree, unreachable: unreachable.words },
    distances: index.distances(),
    bestPaths: index.bestPaths(),
    ownedBytes: index.ownedBytes(),
    classes: index.classes(),
    classTotals: index.classTotals(),
  }
  const found: Column[] = []
  const packed = pack(content, found)
  const description: Description = {
    version: VERSION,
    endian: ENDIAN,
    snapshot: identityOf(snapshot),
    columns: found.map((column) => ({ type: column.constructor.name as TypeName, length: column.length, crc: crcOf(bytesOf(column)) })),
    content: packed,
  }
  mkdirSync(join(path, '..'), { recursive: true })
  const aside = `${path}.${process.pid}.part`
  try {
    const file = openSync(aside, 'w', 0o600)
    try {
      const json = Buffer.from(JSON.stringify(description))
      const head = Buffer.alloc(HEAD_BYTES)
      head.write(MAGIC, 'latin1')
      head.writeBigUInt64LE(BigInt(json.length), 8)
      head.writeUInt32LE(crcOf(json), 16)
      writeAll(file, head)
      writeAll(file, json)
      for (const column of found) writeAll(file, bytesOf(column))
    } finally {
      closeSync(file)
    }
    renameSync(aside, path)
  } catch (error) {
    rmSync(aside, { force: true })
    throw error
  }
  return true
}

/** What the cache holds, or why it cannot be used. */
export function readIndexCache(snapshot: string, path: string): { graph: HeapGraph; computed: Computed } | { unusable: string } {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    return { unusable: 'there is none' }
  }
  try {
    return readOpened(snapshot, path, file)
  } catch (error) {
    return { unusable: `it is damaged: ${error instanceof Error ? error.message : String(error)}` }
  } finally {
    closeSync(file)
  }
}

function readOpened(snapshot: string, path: string, file: number): ReturnType<typeof readIndexCache> {
  const sizeBytes = statSync(path).size
  const head = Buffer.alloc(HEAD_BYTES)
  readAll(file, head, 0)
  if (head.toString('latin1', 0, 8) !== MAGIC) return { unusable: 'it is of another version' }
  const jsonBytes = Number(head.readBigUInt64LE(8))
  if (jsonBytes > MAX_DESCRIPTION_BYTES || HEAD_BYTES + jsonBytes > sizeBytes) return { unusable: 'it is damaged: its description is longer than the file' }
  const json = Buffer.alloc(jsonBytes)
  readAll(file, json, HEAD_BYTES)
  if (crcOf(json) !== head.readUInt32LE(16)) return { unusable: 'it is damaged: the checksum of its description differs' }
  const description = JSON.parse(json.toString()) as Description
  if (description.version !== VERSION || description.endian !== ENDIAN) return { unusable: 'it is of another version' }
  const now = identityOf(snapshot)
  const then = description.snapshot
  if (now.sizeBytes !== then.sizeBytes || now.changedMs !== then.changedMs || now.sample !== then.sample) return { unusable: 'the snapshot has changed since' }
  const needed = description.columns.reduce((sum, { type, length }) => sum + length * TYPES[type].BYTES_PER_ELEMENT, HEAD_BYTES + jsonBytes)
  if (needed !== sizeBytes) return { unusable: `it is damaged: ${sizeBytes} bytes when expected ${needed}` }
  let at = HEAD_BYTES + jsonBytes
  const columns = description.columns.map(({ type, length, crc }) => {
    const column = new TYPES[type](length)
    const bytes = bytesOf(column)
    readAll(file, bytes, at)
    at += bytes.length
    if (crcOf(bytes) !== crc) throw new Error('a checksum differs')
    return column
  })
  const { graph: given, strings, edgeIsStrong, dominators, ...computed } = unpack(description.content, columns) as Content
  const table = RawStrings.from(strings)
  const { allocations, ...rest } = given
  const graph: HeapGraph = {
    ...rest,
    strings: table,
    edgeIsStrong: new Bitset(given.edgeCount, edgeIsStrong),
    ...(allocations === undefined ? {} : { allocations: { ...allocations, source: given.source, strings: table } as unknown as NonNullable<HeapGraph['allocations']> }),
  }
  graph.source.name = snapshot
  return { graph, computed: { ...computed, dominators: { ...dominators, unreachable: new Bitset(given.nodeCount, dominators.unreachable) } } }
}

/** What tells one snapshot from another without reading it whole: size, time of change, samples from all over it. */
function identityOf(snapshot: string): Description['snapshot'] {
  const { size, mtimeMs } = statSync(snapshot)
  const hash = createHash('sha256')
  const file = openSync(snapshot, 'r')
  try {
    const buffer = Buffer.alloc(SAMPLE_BYTES)
    for (let sample = 0; sample <= SAMPLES; sample++) {
      const from = Math.max(0, Math.floor(((size - SAMPLE_BYTES) * sample) / SAMPLES))
      hash.update(buffer.subarray(0, readSync(file, buffer, 0, SAMPLE_BYTES, from)))
    }
  } finally {
    closeSync(file)
  }
  return { sizeBytes: size, changedMs: mtimeMs, sample: hash.digest('hex') }
}

function trimmed(parts: RawParts): RawParts {
  const end = parts.whole === 0 ? 0 : endOf(parts)
  return { ...parts, bytes: parts.bytes.subarray(0, end), starts: parts.starts.subarray(0, parts.whole) }
}

/** Behind the closing quote of the last string. */
function endOf({ bytes, starts, whole }: RawParts): number {
  let at = starts[whole - 1]!
  while (bytes[at] !== 34) at += bytes[at] === 92 ? 2 : 1
  return at + 1
}

function pack(value: unknown, columns: Column[]): unknown {
  if (ArrayBuffer.isView(value)) return { $column: columns.push(value as Column) - 1 }
  if (Array.isArray(value)) return value.map((each) => pack(each, columns))
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, pack(each, columns)]))
  return value
}

function unpack(value: unknown, columns: readonly Column[]): unknown {
  if (Array.isArray(value)) return value.map((each) => unpack(each, columns))
  if (typeof value !== 'object' || value === null) return value
  if ('$column' in value) {
    const column = columns[Number(value.$column)]
    if (column === undefined) throw new Error('a column is missing')
    return column
  }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, unpack(each, columns)]))
}

function bytesOf(column: Column): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength)
}

function crcOf(bytes: Uint8Array): number {
  let crc = 0
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) crc = zlib.crc32(bytes.subarray(at, at + PIECE_BYTES), crc)
  return crc
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, Math.min(PIECE_BYTES, bytes.length - at))
}

function readAll(file: number, into: Uint8Array, from: number): void {
  for (let at = 0; at < into.length; ) {
    const read = readSync(file, into, at, Math.min(PIECE_BYTES, into.length - at), from + at)
    if (read === 0) throw new Error('it ends early')
    at += read
  }
}
