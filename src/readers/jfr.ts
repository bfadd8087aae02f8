import { ReadError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import type { AllocationProfile } from '../model/allocation-profile.ts'
import { AllocationProfileBuilder, type Frame } from '../model/allocation-profile-builder.ts'
import { addNotice, type Source } from '../model/source.ts'
import { JfrChunk, JfrDamage, type JfrStruct, type JfrValue } from './jfr/jfr-chunk.ts'
import { sourceName } from './jvm-class-names.ts'
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

const EVENTS = new Set([
  'jdk.OldObjectSample', 'jdk.ObjectAllocationSample', 'jdk.ObjectAllocationInNewTLAB', 'jdk.ObjectAllocationOutsideTLAB',
  'profiler.LiveObject', 'profiler.Malloc', 'profiler.Free',
])
const HEADER_BYTES = 68
const MAX_FRAMES = 2048
const MAX_CHAIN = 400

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
    recording.add(new JfrChunk(bytes.subarray(at, at + size), at))
    at += size
    chunks++
  }
  return recording.finish()
}

class Recording {
  readonly #source: Source
  readonly #builder: AllocationProfileBuilder
  readonly #malloc = new Map<number, { site: number; size: number }>()
  readonly #tlab: { site: number; bytes: number }[] = []
  #hasSamples = false
  #events = 0
  #hasChains = false
  #hasOld = false

  constructor(source: Source) {
    this.#source = source
    this.#builder = new AllocationProfileBuilder(source)
  }

  add(chunk: JfrChunk): void {
    this.#source.takenAtMs ??= chunk.startNanos / 1e6
    for (const { name, event } of chunk.events(chunk.typesNamed(EVENTS))) {
      this.#events++
      this.#event(name, event, chunk)
    }
  }

  #event(name: string, event: JfrStruct, chunk: JfrChunk): void {
    const stack = stackOf(event['stackTrace'], chunk)
    switch (name) {
      case 'jdk.OldObjectSample': {
        this.#hasOld = true
        const object = chunk.struct(event['object'])
        const holders = object === undefined ? [] : holderChain(object, chunk)
        if (holders.length > 0) this.#hasChains = true
        const size = Number(event['objectSize'] ?? Number.NaN)
        const site = this.#builder.stack([
          ...stack,
          ...(object === undefined ? [] : [{ functionName: `[${className(object['type'], chunk)}]` }]),
          ...(holders.length === 0 ? [] : [{ functionName: `[held by ${holders.join(' → ')}]` }]),
        ])
        this.#builder.add(site, { liveCount: 1, ...(size > 0 ? { liveBytes: size } : {}) })
        return
      }
      case 'jdk.ObjectAllocationSample':
        this.#hasSamples = true
        this.#builder.add(this.#siteOfNew(stack, event, chunk), { allocatedBytes: number(event['weight']) })
        return
      case 'jdk.ObjectAllocationInNewTLAB':
        this.#tlab.push({ site: this.#siteOfNew(stack, event, chunk), bytes: number(event['tlabSize']) })
        return
      case 'jdk.ObjectAllocationOutsideTLAB':
        this.#tlab.push({ site: this.#siteOfNew(stack, event, chunk), bytes: number(event['allocationSize']) })
        return
      case 'profiler.LiveObject':
        this.#builder.add(this.#siteOfNew(stack, event, chunk), { liveBytes: number(event['allocationSize']), liveCount: 1 })
        return
      case 'profiler.Malloc': {
        const site = this.#builder.stack(stack)
        const size = number(event['size'])
        this.#builder.add(site, { allocatedBytes: size, allocatedCount: 1 })
        this.#malloc.set(number(event['address']), { site, size })
        return
      }
      default:
        this.#malloc.delete(number(event['address']))
    }
  }

  #siteOfNew(stack: readonly Frame[], event: JfrStruct, chunk: JfrChunk): number {
    return this.#builder.stack([...stack, { functionName: `[${className(event['objectClass'], chunk)}]` }])
  }

  finish(): AllocationProfile {
    const source = this.#source
    if (this.#events === 0) {
      throw new ReadError({
        file: source.name,
        format: FORMAT,
        position: { kind: 'whole' },
        expected: 'events about memory: OldObjectSample, ObjectAllocationSample, TLAB or async-profiler allocations',
        found: 'none',
        hint: 'Record with settings=profile, or turn on jdk.OldObjectSample with path-to-gc-roots=true.',
      })
    }
    // The newer event samples the same allocations: both together would count them twice.
    if (!this.#hasSamples) for (const { site, bytes } of this.#tlab) this.#builder.add(site, { allocatedBytes: bytes })
    for (const { site, size } of this.#malloc.values()) this.#builder.add(site, { liveBytes: size, liveCount: 1 })
    if (this.#hasOld) addNotice(source, { code: 'sampled', message: 'old objects are samples without a rate: they show which sites survive, not how much is there' })
    if (this.#hasOld && !this.#hasChains) {
      addNotice(source, { code: 'no-chains', message: 'the recording has no chains to the roots: start it with path-to-gc-roots=true, or jcmd PID JFR.dump path-to-gc-roots=true' })
    }
    return this.#builder.build({ unit: 'objects' })
  }
}

/** Outermost first. */
function stackOf(value: JfrValue, chunk: JfrChunk): Frame[] {
  const frames = chunk.struct(value)?.['frames']
  if (!Array.isArray(frames)) return []
  return frames
    .slice(0, MAX_FRAMES)
    .flatMap((each) => {
      const frame = chunk.struct(each)
      const method = chunk.struct(frame?.['method'])
      if (frame === undefined || method === undefined) return []
      const owner = className(method['type'], chunk)
      const line = number(frame['lineNumber'])
      const name = chunk.text(method['name']) ?? '(unknown)'
      return [{ functionName: owner === '' ? name : `${owner}.${name}`, file: owner === '' ? undefined : fileOf(owner), line: line > 0 ? line : undefined }]
    })
    .toReversed()
}

/** Java's convention: the public class names the file, inner classes are in it. */
function fileOf(owner: string): string {
  return `${owner.replace(/\$.*$/, '').replaceAll('.', '/')}.java`
}

/** Who holds an old object, from the root's side: `GcWork.LEAK`, `java.util.ArrayList.elementData`, … */
function holderChain(object: JfrStruct, chunk: JfrChunk): string[] {
  const chain: string[] = []
  let each: JfrStruct | undefined = object
  for (let step = 0; step < MAX_CHAIN; step++) {
    const referrer: JfrStruct | undefined = chunk.struct(each['referrer'])
    const holder = chunk.struct(referrer?.['object'])
    if (referrer === undefined || holder === undefined) break
    const field = chunk.struct(referrer['field'])
    const type = className(holder['type'], chunk)
    const described = /Class Name: (\S+)/.exec(chunk.text(holder['description']) ?? '')?.[1]
    const owner = type === 'java.lang.Class' && described !== undefined ? described : type
    const name = field === undefined ? undefined : chunk.text(field['name'])
    const link = name === undefined ? owner : `${owner}.${name}`
    if (link !== chain.at(-1)) chain.push(link) // a list is one step, however long it has become
    if (type === 'java.lang.Class' && name !== undefined) break // a static field: what is above it only loads the class
    each = holder
  }
  return chain.reverse()
}

function className(value: JfrValue, chunk: JfrChunk): string {
  const type = chunk.struct(value)
  const name = type === undefined ? undefined : chunk.text(type['name'])
  return name === undefined ? '' : sourceName(name)
}

function number(value: JfrValue): number {
  return typeof value === 'number' ? value : 0
}
