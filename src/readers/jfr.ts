import { ReadError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import type { AllocationProfile } from '../model/allocation-profile.ts'
import { addNotice, type Source } from '../model/source.ts'
import { JfrChunk, JfrDamage } from './jfr/jfr-chunk.ts'
import { MEMORY_EVENTS, Recording } from './jfr/recording.ts'
import type { ByteSource, Reader } from './reader.ts'
import { wholeInput } from './whole-input.ts'

const FORMAT = 'jfr'

/**
 * Java Flight Recorder, as the JDK writes it from 8u262 on and async-profiler as well: version 2, any number of chunks.
 *
 * Read are the events about memory that lives or was asked for:
 * - `jdk.OldObjectSample`: objects that survived, with the stack that made them; the chain of references that holds
 *   them stands as an innermost frame `[held by GcWork.LEAK → java.util.ArrayList.elementData]`
 * - `jdk.ObjectAllocationSample` (16 on), else `…InNewTLAB` and `…OutsideTLAB`: what was allocated where
 * - async-profiler's `profiler.LiveObject`, `profiler.Malloc` and `profiler.Free`
 * The recording names classes and lines, no files: the file is the one of that class by Java's convention.
 * The format's lies: an OldObjectSample is a sample without a rate, so live numbers say which sites survive and not how
 * much of them there is; before JDK 20 it has no size either. Chains are there only when the recording was made with
 * `cutoff` above 0 or `path-to-gc-roots=true`.
 */
export const jfr: Reader<'allocation-profile'> = {
  format: FORMAT,
  title: 'Java Flight Recorder (old objects, allocations)',
  makes: 'allocation-profile',
  recognize(head) {
    return head[0] === 0x46 && head[1] === 0x4c && head[2] === 0x52 && head[3] === 0 ? 'certain' : 'no'
  },
  async read(input, run) {
    const bytes = await wholeInput(input, FORMAT, run, 2 ** 32 - 1)
    try {
      return readRecording(bytes, input, run)
    } catch (error) {
      if (!(error instanceof JfrDamage)) throw error
      throw new ReadError({ file: input.name, format: FORMAT, position: { kind: 'byte', byte: error.byte }, expected: error.expected, found: error.found, hint: 'Was the recording dumped while the JVM died? `jfr repair` or `jfr disassemble` may save chunks.', cause: error })
    }
  },
}

const HEADER_BYTES = 68

function readRecording(bytes: Uint8Array, input: ByteSource, run: Run): AllocationProfile {
  const source: Source = { name: input.name, format: FORMAT, runtime: 'jvm', idsAreStable: false, sizeBytes: bytes.length, notices: [] }
  const recording = new Recording(source)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let chunks = 0
  for (let at = 0; at < bytes.length; ) {
    run.checkpoint()
    run.progress({ step: 'reading the recording', done: at, total: bytes.length })
    if (bytes.length - at < HEADER_BYTES || view.getUint32(at) !== 0x464c5200) {
      if (chunks === 0) throw new JfrDamage(at, 'a chunk header of 68 bytes', 'none')
      addNotice(source, { code: 'cut', message: 'behind a chunk stands no other; what was before is shown', firstAt: `byte ${at}` })
      break
    }
    if (view.getUint16(at + 4) !== 2) throw new JfrDamage(at + 4, 'version 2', String(view.getUint16(at + 4)))
    const size = Number(view.getBigInt64(at + 8))
    if (size < HEADER_BYTES || size > bytes.length - at) {
      if (chunks === 0) throw new JfrDamage(at + 8, `a chunk of at most ${bytes.length - at} bytes`, String(size))
      addNotice(source, { code: 'cut', message: 'the last chunk is cut; those before are shown', firstAt: `byte ${at}` })
      break
    }
    const chunk = new JfrChunk(bytes.subarray(at, at + size), at)
    source.takenAtMs ??= chunk.startNanos / 1e6
    for (const { name, event } of chunk.events(chunk.typesNamed(MEMORY_EVENTS))) recording.add(name, event, chunk)
    at += size
    chunks++
  }
  return recording.finish()
}
