import { ReadError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import { AllocationProfileBuilder } from '../model/allocation-profile-builder.ts'
import type { AllocationProfile } from '../model/allocation-profile.ts'
import { addNotice } from '../model/source.ts'
import { isObject, type Pickled, readPickle } from './pickle.ts'
import type { ByteSource, Reader } from './reader.ts'
import { wholeInput } from './whole-input.ts'

const FORMAT = 'tracemalloc'
const ALLOWED: ReadonlySet<string> = new Set(['tracemalloc.Snapshot', 'tracemalloc._Traces'])

/**
 * What `tracemalloc.Snapshot.dump` writes (Lib/tracemalloc.py), Python 3.4 to 3.14: a pickle of one `Snapshot` whose
 * traces are tuples `(domain, size, frames)`, from 3.9 on `(domain, size, frames, total_nframe)`, before 3.6
 * `(size, frames)`; frames are `(file, line)`, the most recent call first.
 *
 * Every trace is one live block, so count and bytes are exact: requested bytes, with Python's object header, without
 * the allocator's rounding. The file has no function names; a frame is called after its place, `app.py:12`.
 * Blocks allocated before `tracemalloc.start()` are not there, and stacks end at the depth given to it.
 */
export const tracemalloc: Reader<'allocation-profile'> = {
  format: FORMAT,
  title: 'Python tracemalloc snapshot (Snapshot.dump)',
  makes: 'allocation-profile',
  recognize(head) {
    if (head[0] !== 0x80 && head[0] !== 0x63 && head[0] !== 0x28) return 'no'
    const text = new TextDecoder().decode(head)
    return text.includes('tracemalloc') && text.includes('Snapshot') ? 'certain' : 'no'
  },
  async read(input, run) {
    run.progress({ step: 'reading the snapshot', done: 0 })
    const bytes = await wholeInput(input, FORMAT, run)
    const snapshot = readPickle(bytes, { file: input.name, format: FORMAT, allowed: ALLOWED, checkpoint: () => run.checkpoint() })
    return profileOf(snapshot, bytes.length, input, run)
  },
}

function profileOf(snapshot: Pickled, sizeBytes: number, input: ByteSource, run: Run): AllocationProfile {
  const refuse = (expected: string, found: string): never => {
    throw new ReadError({ file: input.name, format: FORMAT, position: { kind: 'whole' }, expected, found })
  }
  const state = isObject(snapshot) && snapshot.className === 'tracemalloc.Snapshot' ? snapshot.state : undefined
  if (!(state instanceof Map)) return refuse('a tracemalloc.Snapshot', 'another object')
  const held = state.get('traces')
  const inner = isObject(held) && held.state instanceof Map ? held.state.get('_traces') : held
  if (!Array.isArray(inner)) return refuse('a list of traces in the snapshot', 'something else')

  const source = { name: input.name, format: FORMAT, runtime: 'cpython', idsAreStable: false, sizeBytes, notices: [] }
  const builder = new AllocationProfileBuilder(source)
  const sites = new Map<string, Map<unknown, number>>()
  let cutStacks = 0
  for (const [index, each] of (inner as readonly Pickled[]).entries()) {
    if (index % 4096 === 0) run.checkpoint()
    const trace = readTrace(each) ?? refuse('a trace (domain, size, frames)', `another value in traces[${index}]`)
    // equal stacks are one shared tuple in nearly every dump: look the tuple up before walking it
    const known = bucket(sites, String(trace.domain)).get(trace.frames)
    const site = known ?? siteOf(builder, trace) ?? refuse('frames of (file, line)', `another value in traces[${index}]`)
    if (known === undefined) bucket(sites, String(trace.domain)).set(trace.frames, site)
    if (trace.totalFrames !== undefined && trace.totalFrames > trace.frames.length) cutStacks++
    builder.add(site, { liveBytes: trace.size, liveCount: 1 })
  }
  if (inner.length === 0) builder.add(0, { liveBytes: 0, liveCount: 0 })
  const limit = state.get('traceback_limit')
  if (cutStacks > 0) {
    addNotice(source, {
      code: 'stacks-cut',
      count: cutStacks,
      message: `stacks were deeper than the ${typeof limit === 'number' ? limit : 'few'} frames tracemalloc kept; start it with more: tracemalloc.start(25)`,
    })
  }
  return builder.build({ unit: 'blocks' })
}

interface Trace {
  domain: number
  size: number
  frames: readonly Pickled[]
  totalFrames: number | undefined
}

function readTrace(each: Pickled): Trace | undefined {
  if (!Array.isArray(each)) return undefined
  const items = each as readonly Pickled[]
  const [domain, size, frames] = items.length === 2 ? [0, items[0], items[1]] : items
  const totalFrames = typeof items[3] === 'number' ? items[3] : undefined
  if (typeof domain !== 'number' || typeof size !== 'number' || !(size >= 0) || !Array.isArray(frames)) return undefined
  return { domain, size, frames: frames as readonly Pickled[], totalFrames }
}

function siteOf(builder: AllocationProfileBuilder, { domain, frames }: Trace): number | undefined {
  // other allocators (numpy: 389047) register their own domain; kept apart, as tracemalloc's filters do
  let site = domain === 0 ? 0 : builder.site(0, builder.frame({ functionName: `(tracemalloc domain ${domain})` }))
  for (let i = frames.length - 1; i >= 0; i--) {
    const frame = frames[i]
    if (!Array.isArray(frame)) return undefined
    const [file, line] = frame as readonly Pickled[]
    if (typeof file !== 'string' || typeof line !== 'number' || !(line >= 0 && line <= 0xffffffff)) return undefined
    site = builder.site(site, builder.frame({ functionName: placeName(file, line), file, line }))
  }
  return site
}

function placeName(file: string, line: number): string {
  const base = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1)
  return line === 0 ? base : `${base}:${line}`
}

function bucket(sites: Map<string, Map<unknown, number>>, domain: string): Map<unknown, number> {
  let known = sites.get(domain)
  if (known === undefined) sites.set(domain, (known = new Map()))
  return known
}
