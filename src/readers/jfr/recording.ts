import { ReadError } from '../../base/errors.ts'
import type { AllocationProfile } from '../../model/allocation-profile.ts'
import { AllocationProfileBuilder, type Frame } from '../../model/allocation-profile-builder.ts'
import { addNotice, type Source } from '../../model/source.ts'
import { sourceName } from '../jvm-class-names.ts'
import type { JfrStruct, JfrValue } from './jfr-chunk.ts'

/** The events about memory that lives or was asked for. */
export const MEMORY_EVENTS: ReadonlySet<string> = new Set([
  'jdk.OldObjectSample', 'jdk.ObjectAllocationSample', 'jdk.ObjectAllocationInNewTLAB', 'jdk.ObjectAllocationOutsideTLAB',
  'profiler.LiveObject', 'profiler.Malloc', 'profiler.Free',
])
const MAX_FRAMES = 2048
const MAX_CHAIN = 400

/** Follows what a value refers to: constant pools in a recording, nothing in printed events. */
export interface JfrResolver {
  struct(value: JfrValue): JfrStruct | undefined
  text(value: JfrValue): string | undefined
}

/** Collects the memory events of a recording, however they are written, into a profile. */
export class Recording {
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

  /** Takes one event of a kind in `MEMORY_EVENTS`. */
  add(name: string, event: JfrStruct, chunk: JfrResolver): void {
    this.#events++
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

  #siteOfNew(stack: readonly Frame[], event: JfrStruct, chunk: JfrResolver): number {
    return this.#builder.stack([...stack, { functionName: `[${className(event['objectClass'], chunk)}]` }])
  }

  finish(): AllocationProfile {
    const source = this.#source
    if (this.#events === 0) {
      throw new ReadError({
        file: source.name,
        format: source.format,
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
function stackOf(value: JfrValue, chunk: JfrResolver): Frame[] {
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
function holderChain(object: JfrStruct, chunk: JfrResolver): string[] {
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
    const link = name === undefined ? (owner.endsWith(']') ? owner : `${owner}.(unknown)`) : `${owner}.${name}`
    if (link !== chain.at(-1)) chain.push(link) // a list is one step, however long it has become
    if (type === 'java.lang.Class' && name !== undefined) break // a static field: what is above it only loads the class
    each = holder
  }
  return chain.reverse()
}

function className(value: JfrValue, chunk: JfrResolver): string {
  const type = chunk.struct(value)
  const name = type === undefined ? undefined : chunk.text(type['name'])
  return name === undefined ? '' : sourceName(name)
}

function number(value: JfrValue): number {
  return typeof value === 'number' ? value : 0
}
