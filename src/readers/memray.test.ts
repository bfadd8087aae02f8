import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ReadError } from '../base/errors.ts'
import { startRun } from '../base/run.ts'
import type { AllocationProfile } from '../model/allocation-profile.ts'
import { undoBlock, undoLz4 } from './lz4-frame.ts'
import { memray } from './memray.ts'
import { lineOfInstruction } from './python-line-table.ts'

const read = (bytes: Uint8Array, chunkBytes = bytes.length): Promise<AllocationProfile> =>
  memray.read({
    name: 'f',
    chunks: async function* () {
      for (let at = 0; at < bytes.length; at += Math.max(1, chunkBytes)) yield bytes.subarray(at, at + chunkBytes)
    },
  }, startRun())

const text = (value: string): number[] => [...new TextEncoder().encode(value), 0]
const u64 = (value: number): number[] => Array.from({ length: 8 }, (_, byte) => Math.floor(value / 256 ** byte) & 255)
const i32 = (value: number): number[] => [value & 255, (value >> 8) & 255, (value >> 16) & 255, (value >> 24) & 255]
const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(Math.floor(value / 128))])
const zigzag = (value: number): number[] => varint(value < 0 ? -2 * value - 1 : 2 * value)

/** The header of an uncompressed capture of version 12, Python 3.9. */
const HEADER = [...text('memray'), ...i32(12), ...i32(0x03090000), 0, 0, ...u64(0), ...u64(0), ...u64(1000), ...u64(0), ...text('python app.py'), ...i32(7), ...u64(1), ...u64(0), 1, 0, 0]
const THREAD = [12, ...u64(1)]
/** Code object 1 in app.py from line 10; one line further after each 2 bytes. */
const CODE = [14, ...varint(1), ...text('work'), ...text('app.py'), ...zigzag(10), 4, 2, 1, 2, 1]
const push = (offset: number): number[] => [65, 1, ...zigzag(offset)]
/** malloc (6) of `bytes` at an address not used lately, told by its distance to the last one in units of 8. */
const malloc = (distance: number, bytes: number): number[] => [128 | (15 << 3) | 6, ...zigzag(distance), ...varint(bytes)]
const freeRecent = (index: number): number[] => [128 | (index << 3) | 5]
const mmap = (distance: number, bytes: number): number[] => [128 | (15 << 3), ...zigzag(distance), 14, ...varint(bytes)]
const munmap = (distance: number, bytes: number): number[] => [128 | (15 << 3), ...zigzag(distance), 15, ...varint(bytes)]
const END = [1]

const sum = (column: Float64Array | undefined): number | undefined => column?.reduce((total, value) => total + value, 0)

test('allocations, frees by recent address, peak and lines', async () => {
  const profile = await read(Uint8Array.from([...HEADER, ...THREAD, ...CODE, ...push(2), ...malloc(1000, 100), ...malloc(4, 50), ...freeRecent(1), ...malloc(4, 30), 16, ...malloc(9, 1), ...END]))
  expect([sum(profile.allocatedBytes), sum(profile.allocatedCount), sum(profile.liveBytes), sum(profile.liveCount), sum(profile.peakBytes)]).toEqual([181, 4, 81, 3, 150])
  expect([profile.frames.line[0], profile.strings.get(profile.frames.functionName[0]!)]).toEqual([11, 'work'])
  expect(profile.source.runtimeVersion).toBe('3.9.0')
  expect(profile.source.notices).toEqual([])
})

test('a mapping may be given back in pieces', async () => {
  const profile = await read(Uint8Array.from([...HEADER, ...THREAD, ...mmap(512, 8192), ...munmap(128, 1024), ...END]))
  expect([sum(profile.liveBytes), sum(profile.liveCount)]).toEqual([7168, 2])
})

test('any chunking gives the same, and a cut capture is read up to there', async () => {
  const bytes = Uint8Array.from([...HEADER, ...THREAD, ...CODE, ...push(0), ...malloc(1000, 100), ...malloc(4, 50), ...END])
  for (let chunk = 1; chunk < 40; chunk++) expect(sum((await read(bytes, chunk)).allocatedBytes)).toBe(150)
  const cut = await read(bytes.subarray(0, bytes.length - 3))
  expect([sum(cut.allocatedBytes), cut.source.notices.map(({ code }) => code)]).toEqual([100, ['cut']])
})

test.each([
  [[...text('memray'), ...i32(10)], 'expected a memray file of version 11 to 13, found 10'],
  [[...HEADER, ...malloc(1, 1)], 'expected a thread before its allocations'],
  [[...HEADER, ...THREAD, 17], 'expected 2 frames to leave, found 0'],
  [[...HEADER, 13], 'expected a record of memray, found type 13'],
  [[...HEADER, ...THREAD, 128 | (15 << 3), 2, 99], 'expected an allocator, found number 99'],
  [[...HEADER, ...THREAD, 14, 1, ...text('f'), ...text('g'), 0, 255, 255, 255, 255, 15], 'expected a line table, found one of 4294967295 bytes'],
])('%j: %s', async (bytes, message) => {
  await expect(read(Uint8Array.from(bytes))).rejects.toThrow(message)
})

// Tables and lines as dis.findlinestarts gives them of
// "def f():\n  a = 1\n\n  b = 2\n  return a" (first line 1), compiled by each Python.
test.each([
  ['3.9', 0x03090000, [0, 1, 4, 2, 4, 1], [[0, 2], [4, 4], [8, 5], [10, 5]]],
  ['3.10', 0x030a0000, [4, 1, 4, 2, 4, 1], [[0, 2], [1, 2], [2, 4], [4, 5]]],
  ['3.11', 0x030b0000, [128, 0, 216, 6, 7, 128, 33, 224, 6, 7, 128, 33, 216, 9, 10, 128, 40], [[0, 1], [2, 2], [4, 2], [6, 4], [10, 5]]],
] as const)('line table of Python %s', (_name, version, table, lines) => {
  for (const [offset, line] of lines) expect(lineOfInstruction(version, Uint8Array.from(table), offset, 1)).toBe(line)
})

test('any line table ends in a number', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(5000), fc.constantFrom(0x03090000, 0x030a0000, 0x030d0000), (table, offset, version) => {
    expect(Number.isFinite(lineOfInstruction(version, table, offset, 1))).toBe(true)
  }))
})

async function undo(bytes: readonly number[]): Promise<string> {
  let out = ''
  let isCut = false
  const chunks = (async function* () { yield Uint8Array.from(bytes) })()
  for await (const part of undoLz4(chunks, { file: 'f', format: 'lz4', onCut: () => { isCut = true } })) out += new TextDecoder().decode(part)
  return isCut ? `${out}…` : out
}

// FLG 0x60: version 1, independent blocks; 0x40: linked ones; BD 0x40: 64 KiB
const FRAME = [0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82]
const stored = (value: string): number[] => [...i32(value.length | (1 << 31)), ...text(value).slice(0, -1)]

test('LZ4: stored and packed blocks, overlapping matches, several frames, skippable frames', async () => {
  // token 0x1b: one literal 'a', a match of 15 bytes at distance 1; then the last literals 'end'
  const packed = [0x1b, 0x61, 1, 0, 0x30, ...text('end').slice(0, -1)]
  expect(await undo([...FRAME, ...i32(packed.length), ...packed, 0, 0, 0, 0])).toBe(`${'a'.repeat(16)}end`)
  expect(await undo([...FRAME, ...stored('one'), ...i32(0), 0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9, ...FRAME, ...stored('two'), ...i32(0)])).toBe('onetwo')
  expect(await undo([...FRAME, ...stored('whole'), 200, 0, 0, 0, 1])).toBe('whole…')
})

test('LZ4: matches may reach into the block before only where blocks are linked', async () => {
  const match = [0x04, 5, 0, 0x10, 0x21] // no literals, 8 bytes at distance 5; then '!'
  const linked = [...FRAME]
  linked[4] = 0x40
  expect(await undo([...linked, ...stored('hello'), ...i32(match.length), ...match, ...i32(0)])).toBe('hellohellohel!')
  await expect(undo([...FRAME, ...stored('hello'), ...i32(match.length), ...match, ...i32(0)])).rejects.toThrow('expected an LZ4 block')
})

test('LZ4: a block that claims more than its frame allows, and other damage, is refused', async () => {
  await expect(undo([...FRAME, ...i32(65537), 1, 2, 3])).rejects.toThrow('byte 11: expected a block of at most 65536 bytes, found 65537')
  await expect(undo([...FRAME.slice(0, 4), 0x61, 0x40, 0x82])).rejects.toThrow('without a dictionary')
  await expect(undo([...FRAME.slice(0, 4), 0x20, 0x40, 0x82])).rejects.toThrow('expected LZ4 frame version 1, found version 0')
  expect(await undo([])).toBe('…')
})

test('LZ4: any block ends inside its output', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (block) => {
    const output = new Uint8Array(1000)
    const end = undoBlock(block, output, 100, 0)
    expect(end === -1 || (end >= 100 && end <= 1000)).toBe(true)
  }))
})

test('any bytes after the header end in a profile or a ReadError', async () => {
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), async (bytes) => {
    await read(Uint8Array.from([...HEADER, ...THREAD, ...CODE, ...bytes])).catch((error: unknown) => expect(error).toBeInstanceOf(ReadError))
  }))
})
