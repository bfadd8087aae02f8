import type { Run } from '../base/run.ts'
import type { AllocationProfile } from '../model/allocation-profile.ts'
import { isLz4Frame, undoLz4 } from './lz4-frame.ts'
import { MemrayBytes, MissingBytes } from './memray-bytes.ts'
import { LONGEST_RECORD, MemrayCapture } from './memray-capture.ts'
import type { ByteSource, Reader } from './reader.ts'
import { replay } from './replay.ts'

const FORMAT = 'memray'
const MAGIC = [0x6d, 0x65, 0x6d, 0x72, 0x61, 0x79, 0]

/**
 * Memray's capture files (`memray run -o`), file versions 11 (memray 1.11 to 1.18), 12 (1.19) and 13 (1.20), LZ4 or
 * not, all allocations or `--aggregate`; src/memray/_memray/record_reader.cpp of each release tells the records.
 * Memray itself reads only its own version.
 *
 * Every allocation was recorded. `live` is what was not freed while memray watched: the interpreter's own caches are
 * among it. Peak is memray's high-water mark. Stacks are Python's; native frames (`--native`) need the program's
 * libraries to be named and are left out. RSS samples become `series`. An aggregated file has no allocated totals.
 */
export const memray: Reader<'allocation-profile'> = {
  format: FORMAT,
  title: 'memray capture file',
  makes: 'allocation-profile',
  recognize(head) {
    if (beginsWithMagic(head, 0)) return 'certain'
    if (!isLz4Frame(head)) return 'no'
    // the first bytes of a frame's first block are literals: frame header of 7 or 15 bytes, block length, token
    for (let at = 7; at < 32; at++) if (beginsWithMagic(head, at)) return 'certain'
    return 'no'
  },
  async read(input, run) {
    return readCapture(input, run)
  },
}

async function readCapture(input: ByteSource, run: Run): Promise<AllocationProfile> {
  run.progress({ step: 'reading allocations', done: 0 })
  const capture = new MemrayCapture(input.name, FORMAT)
  const bytes = new MemrayBytes()
  let cutAt: number | undefined
  const onCut = (byte: number): void => {
    cutAt = byte
  }
  for await (const chunk of plainChunks(input, onCut)) {
    run.checkpoint()
    bytes.append(chunk)
    readRecords(capture, bytes)
    if (capture.isDone) break
  }
  return capture.profile({ left: bytes.left, at: bytes.position, cutAt })
}

/** Reads whole records; one that is not there yet stays for the next chunk. */
function readRecords(capture: MemrayCapture, bytes: MemrayBytes): void {
  while (!capture.isDone && bytes.left > 0) {
    bytes.mark()
    try {
      capture.next(bytes)
    } catch (error) {
      if (error !== MissingBytes) throw error
      bytes.back()
      if (bytes.left > LONGEST_RECORD) capture.tooLong(bytes)
      return
    }
  }
}

async function* plainChunks(input: ByteSource, onCut: (byte: number) => void): AsyncGenerator<Uint8Array> {
  const iterator = input.chunks()[Symbol.asyncIterator]()
  const first: Uint8Array[] = []
  let length = 0
  while (length < 4) {
    const next = await iterator.next()
    if (next.done === true) break
    first.push(next.value.slice())
    length += next.value.length
  }
  const all = first.length === 1 ? first[0]! : Uint8Array.from(first.flatMap((part) => [...part]))
  const whole = replay(all, iterator)
  try {
    if (isLz4Frame(all)) yield* undoLz4(whole, { file: input.name, format: FORMAT, onCut })
    else yield* whole
  } finally {
    await iterator.return?.()
  }
}

function beginsWithMagic(bytes: Uint8Array, at: number): boolean {
  return MAGIC.every((byte, i) => bytes[at + i] === byte)
}
