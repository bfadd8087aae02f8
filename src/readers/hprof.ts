import { ReadError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import { safeText } from '../base/safe-text.ts'
import type { HeapGraph } from '../model/heap-graph.ts'
import { addNotice, type Source } from '../model/source.ts'
import { assembleGraph } from './hprof/assemble.ts'
import { ByteWindow } from './hprof/byte-window.ts'
import { HeapRecords } from './hprof/heap-records.ts'
import type { GivenLayout } from './hprof/layout.ts'
import { Stacks } from './hprof/stacks.ts'
import type { ByteSource, Reader } from './reader.ts'

export type { GivenLayout } from './hprof/layout.ts'

const FORMAT = 'hprof'
/** How every dump begins; the last digit of the version follows. */
const MAGIC = 'JAVA PROFILE 1.0.'

/**
 * HPROF, the heap dump of the JVM and of Android (hprof_b_spec.h, AOSP's hprof.cc): versions 1.0.1, 1.0.2, 1.0.3; ids
 * of 4 and 8 bytes; one record or many segments, whatever their lengths claim; classes before or after their
 * instances, roots first or last.
 *
 * One forward pass, nothing is kept of the values but references. Sizes are not in the file and are computed
 * (hprof/layout.ts). The referent of a Reference (weak, soft, phantom, final) is a weak edge.
 * Left out: values of fields and contents of arrays (they are secrets), allocation sites, CPU samples.
 * The format's lies: "instance size" in HotSpot's class dumps is no size; ids are addresses and change with every
 * collection, so two dumps cannot be compared object by object.
 */
export const hprof: Reader<'heap-graph'> = hprofWith()

/** The reader for a dump of whose JVM the layout of objects is known, wholly or in part: `hprof/layout.ts`. */
export function hprofWith(layout?: GivenLayout): Reader<'heap-graph'> {
  return {
    format: FORMAT,
    title: 'JVM or Android heap dump (HPROF)',
    makes: 'heap-graph',
    recognize(head) {
      return textOf(head.subarray(0, MAGIC.length)) === MAGIC ? 'certain' : 'no'
    },
    async read(input, run) {
      const window = new ByteWindow(input)
      try {
        return await readDump(window, input, run, layout)
      } finally {
        await window.close()
      }
    },
  }
}

/** Top-level records. */
const RECORD = { string: 0x01, loadClass: 0x02, frame: 0x04, trace: 0x05, heapDump: 0x0c, heapDumpSegment: 0x1c, heapDumpEnd: 0x2c } as const
/** unload class, alloc sites, heap summary, start and end of threads, CPU samples, control */
const SKIPPED = new Set([0x03, 0x06, 0x07, 0x0a, 0x0b, 0x0d, 0x0e, RECORD.heapDumpEnd])

/** Each byte as the character of that number: what is no text shows as such. */
function textOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes)
}

async function readDump(window: ByteWindow, input: ByteSource, run: Run, layout: GivenLayout | undefined): Promise<HeapGraph> {
  const refuse = (byte: number, expected: string, found: string): never => {
    throw new ReadError({ file: input.name, format: FORMAT, position: { kind: 'byte', byte }, expected, found, hint: 'Was the disk full, or the JVM killed while it wrote? Take the dump again.' })
  }

  // The header: a version, NUL, the size of ids, a time.
  await window.fill(31)
  const head = window.bytes.subarray(0, Math.min(MAGIC.length, window.end))
  if (textOf(head) !== MAGIC.slice(0, head.length)) throw new ReadError({ file: input.name, format: FORMAT, position: { kind: 'byte', byte: 0 }, expected: `"${MAGIC}"`, found: `"${safeText(textOf(head), MAGIC.length)}"`, hint: 'That is no HPROF dump. Without --format it is recognized what the file is.' })
  const versionEnd = window.bytes.subarray(0, Math.min(64, window.end)).indexOf(0)
  if (versionEnd < 0 || !(await window.fill(versionEnd + 13))) refuse(0, 'a header of 31 bytes', 'the end of the file')
  const version = new TextDecoder().decode(window.bytes.subarray(13, versionEnd))
  window.at = versionEnd + 1
  const idBytes = window.u4()
  if (idBytes !== 4 && idBytes !== 8) return refuse(versionEnd + 1, 'ids of 4 or 8 bytes', `${idBytes}`)
  const takenAtMs = window.u8()
  const source: Source = { name: input.name, format: FORMAT, runtime: 'jvm', idsAreStable: false, notices: [] }
  if (takenAtMs > 0 && takenAtMs < 8.64e15) source.takenAtMs = takenAtMs
  if (version === '1.0.3') source.runtime = 'android'

  // The records.
  const records = new HeapRecords({ window, idBytes, source, run, fileBytes: input.sizeBytes })
  const stacks = new Stacks()
  let hasDump = false
  for (;;) {
    run.checkpoint()
    const recordAt = window.position
    if (!(await window.fill(9))) {
      if (window.available > 0) cut(source, recordAt)
      break
    }
    const tag = window.u1()
    window.at += 4
    const length = window.u4()
    if (tag === RECORD.heapDump || tag === RECORD.heapDumpSegment) {
      hasDump = true
      if (!(await records.readSegment(length, { isEndless: tag === RECORD.heapDump && length === 0 }))) break
      continue
    }
    if (tag === RECORD.string || tag === RECORD.loadClass || tag === RECORD.frame || tag === RECORD.trace) {
      if (!(await window.fill(length))) {
        cut(source, recordAt)
        break
      }
      const end = window.at + length
      smallRecord(tag, end, { window, records, stacks })
      window.at = end
      continue
    }
    if (!SKIPPED.has(tag)) addNotice(source, { code: 'unknown-record', message: `a record of unknown kind 0x${tag.toString(16)} was left out`, firstAt: `byte ${recordAt}` })
    if ((await window.skip(length)) > 0) {
      cut(source, recordAt)
      break
    }
  }
  source.sizeBytes = window.position
  if (!hasDump) refuse(window.position, 'a heap dump record', 'the end of the file')
  return assembleGraph(records, { stacks, version, source, run, layout })
}

/** Records that only name things; one that is too short for its fields names nothing. */
function smallRecord(tag: number, end: number, { window, records, stacks }: { window: ByteWindow; records: HeapRecords; stacks: Stacks }): void {
  const { idBytes, names, classes } = records
  const left = (): number => end - window.at
  if (tag === RECORD.string) {
    if (left() >= idBytes) names.define(records.id(), window.bytes.subarray(window.at, end))
  } else if (tag === RECORD.loadClass) {
    if (left() < 8 + 2 * idBytes) return
    const serial = window.u4()
    const number = classes.numberOf(records.id())
    window.at += 4
    classes.list[number]!.nameId = records.id()
    stacks.classSerial(serial, number)
  } else if (tag === RECORD.frame) {
    if (left() < 4 * idBytes + 8) return
    const id = records.id()
    const methodId = records.id()
    window.at += idBytes // the signature
    const sourceId = records.id()
    stacks.frame(id, { methodId, sourceId, classSerial: window.u4(), line: window.u4() | 0 })
  } else {
    if (left() < 12) return
    const serial = window.u4()
    window.at += 4
    const count = Math.min(window.u4(), Math.floor(left() / idBytes))
    stacks.trace(serial, Array.from({ length: count }, () => records.id()))
  }
}

function cut(source: Source, recordAt: number): void {
  addNotice(source, { code: 'cut', message: 'the dump ends in the middle of a record; what was before it is shown', firstAt: `byte ${recordAt}` })
}
