import { ReadError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import { AllocationProfileBuilder, type Frame } from '../model/allocation-profile-builder.ts'
import { type HeapGraph, NONE } from '../model/heap-graph.ts'
import { HeapGraphBuilder } from '../model/heap-graph-builder.ts'
import { addNotice, type Source } from '../model/source.ts'
import type { ByteSource, Reader } from './reader.ts'
import { wholeInput } from './whole-input.ts'

const FORMAT = 'go-heapdump'
const MAGIC = 'go1.7 heap dump\n'

/**
 * Go's `runtime/debug.WriteHeapDump`, the format since 1.7 (https://go.dev/wiki/heapdump15-through-heapdump17).
 *
 * Objects have no types in it. What names them is the memory profile in the same file: with `runtime.MemProfileRate=1`
 * nearly every object knows the line that made it, and its node is called `main.storeOrder leaky.go:24 [256]`.
 * Pointers may point into the middle of an object; they are looked up by range. Globals have no names either: they
 * are offsets in the data and bss segments.
 * From about 1.24 on the dump also holds some free slots; nothing tells them apart, they are unreachable.
 * What a frame fills of its stack is its contents; of the memory statistics only StackInuse is taken.
 * Left out: contents of objects, types of interfaces, other memory statistics, deferred calls, panics.
 */
export const goHeapdump: Reader<'heap-graph'> = {
  format: FORMAT,
  title: 'Go heap dump (debug.WriteHeapDump)',
  makes: 'heap-graph',
  recognize(head) {
    return new TextDecoder().decode(head.subarray(0, MAGIC.length)) === MAGIC ? 'certain' : 'no'
  },
  async read(input, run) {
    const bytes = await wholeInput(input, FORMAT, run, 2 ** 32 - 1)
    return new Dump(bytes, input, run).read()
  },
}

const TAG = { end: 0, object: 1, otherRoot: 2, type: 3, goroutine: 4, frame: 5, params: 6, finalizer: 7, itab: 8, thread: 9, memStats: 10, queuedFinalizer: 11, data: 12, bss: 13, defer: 14, panic: 15, profile: 16, sample: 17 } as const
/** Records of nothing but numbers, which are passed over. */
const NUMBERS: Partial<Record<number, number>> = { [TAG.itab]: 2, [TAG.thread]: 3, [TAG.defer]: 7, [TAG.panic]: 6 }

/** Numbers of runtime.MemStats as the dump has them, and which of them is StackInuse. */
const MEM_STATS = 24 + 256 + 1
const STACK_IN_USE_AT = 12

/** A pointer found in memory of `from`: an object, by its position, or a node that is none. */
interface Owner {
  node: number
  isObject: boolean
}

class Dump {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #run: Run
  readonly #source: Source
  readonly #graph: HeapGraphBuilder
  #at = MAGIC.length
  #pointerBytes = 8
  #isLittle = true

  // Objects, in the order of the file; their nodes are added when all sites are known.
  readonly #address: number[] = []
  readonly #size: number[] = []
  // Pointers: owner (an object's position, or a node below zero: ~node), offset in it, target address.
  readonly #from: number[] = []
  readonly #offset: number[] = []
  readonly #to: number[] = []
  readonly #roots: { address: number; why: string }[] = []
  readonly #buckets = new Map<number, { site: number; name: string }>()
  readonly #bucketOfObject = new Map<number, number>()
  readonly #profile: AllocationProfileBuilder
  #goroutine = 0
  readonly #stackUsed = new Map<number, number>()
  #stackInUse: number | undefined

  constructor(bytes: Uint8Array, input: ByteSource, run: Run) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#run = run
    this.#source = { name: input.name, format: FORMAT, runtime: 'go', idsAreStable: true, sizeBytes: bytes.length, notices: [] }
    this.#graph = new HeapGraphBuilder(this.#source)
    this.#profile = new AllocationProfileBuilder({ ...this.#source, notices: [] })
  }

  read(): HeapGraph {
    let turn = 0
    let isWhole = false
    try {
      for (;;) {
        if ((turn++ & 0xfff) === 0) {
          this.#run.checkpoint()
          this.#run.progress({ step: 'reading the heap dump', done: this.#at, total: this.#bytes.length })
        }
        const tag = this.#number()
        if (tag === TAG.end) {
          isWhole = true
          break
        }
        this.#record(tag)
      }
    } catch (error) {
      if (!(error instanceof EndOfDump)) throw error
    }
    if (!isWhole) addNotice(this.#source, { code: 'cut', message: 'the dump has no end; what was before it is shown', firstAt: `byte ${this.#at}` })
    if (this.#address.length === 0) this.#refuse('objects', 'none')
    return this.#assemble()
  }

  #record(tag: number): void {
    const recordAt = this.#at
    const numbers = NUMBERS[tag]
    if (numbers !== undefined) {
      for (let index = 0; index < numbers; index++) this.#number()
      return
    }
    switch (tag) {
      case TAG.object: {
        const address = this.#number()
        const contents = this.#span()
        this.#address.push(address)
        this.#size.push(contents.end - contents.start)
        this.#pointers(contents, { node: this.#address.length - 1, isObject: true })
        return
      }
      case TAG.otherRoot: {
        const why = this.#text()
        this.#roots.push({ address: this.#number(), why })
        return
      }
      case TAG.type:
        for (let index = 0; index < 2; index++) this.#number()
        this.#text()
        this.#number()
        return
      case TAG.goroutine: {
        this.#number() // address
        this.#number() // top of its stack
        const id = this.#number()
        for (let index = 0; index < 5; index++) this.#number() // where it began, status, is system, is background, waits since
        const wait = this.#text()
        for (let index = 0; index < 4; index++) this.#number() // context, thread, defers, panics
        this.#goroutine = this.#graph.addNode({ kind: 'thread', name: `goroutine ${id}${wait === '' ? '' : ` [${wait}]`}`, id: 0, shallowBytes: 0 })
        this.#graph.addEdge({ from: 0, to: this.#goroutine, kind: 'root', name: 'goroutine' })
        this.#stackUsed.set(this.#goroutine, 0)
        return
      }
      case TAG.frame: {
        for (let index = 0; index < 3; index++) this.#number() // stack pointer, depth, that of the callee
        const contents = this.#span()
        for (let index = 0; index < 3; index++) this.#number() // entry, pc, continuation
        if (this.#goroutine !== 0) this.#stackUsed.set(this.#goroutine, this.#stackUsed.get(this.#goroutine)! + contents.end - contents.start)
        const node = this.#graph.addNode({ kind: 'frame', name: this.#text(), id: 0, shallowBytes: 0 })
        this.#graph.addEdge({ from: this.#goroutine, to: node, kind: this.#goroutine === 0 ? 'root' : 'internal', name: 'frame' })
        this.#pointers(contents, { node, isObject: false })
        return
      }
      case TAG.params:
        this.#isLittle = this.#number() === 0
        this.#pointerBytes = this.#number()
        if (this.#pointerBytes !== 4 && this.#pointerBytes !== 8) this.#refuse('pointers of 4 or 8 bytes', String(this.#pointerBytes), recordAt)
        this.#number()
        this.#number()
        this.#text() // architecture
        this.#source.runtimeVersion = this.#text().slice(0, 60)
        this.#number()
        return
      case TAG.finalizer:
      case TAG.queuedFinalizer: {
        const object = this.#number()
        const closure = this.#number()
        for (let index = 0; index < 3; index++) this.#number()
        this.#roots.push(tag === TAG.finalizer ? { address: closure, why: 'finalizer' } : { address: object, why: 'queued finalizer' })
        return
      }
      case TAG.data:
      case TAG.bss: {
        this.#number()
        const contents = this.#span()
        const node = this.#graph.addNode({ kind: 'module', name: tag === TAG.data ? 'initialized globals (data)' : 'globals (bss)', id: 0, shallowBytes: 0 })
        this.#graph.addEdge({ from: 0, to: node, kind: 'root', name: 'globals' })
        this.#pointers(contents, { node, isObject: false })
        return
      }
      case TAG.memStats:
        for (let index = 0; index < MEM_STATS; index++) {
          const value = this.#number()
          if (index === STACK_IN_USE_AT) this.#stackInUse = value
        }
        return
      case TAG.profile:
        return this.#bucket()
      case TAG.sample: {
        const address = this.#number()
        this.#bucketOfObject.set(address, this.#number())
        return
      }
      default:
        this.#refuse('a record of a heap dump', `tag ${tag}`, recordAt)
    }
  }

  /** A bucket of the memory profile: a stack, innermost first, and the size of what it allocates. */
  #bucket(): void {
    const id = this.#number()
    const size = this.#number()
    const depth = this.#number()
    const frames: Frame[] = []
    for (let index = 0; index < depth; index++) {
      const functionName = this.#text()
      const file = this.#text()
      const line = this.#number()
      if (frames.length < 200) frames.push({ functionName, file, line })
    }
    const allocs = this.#number()
    const frees = this.#number()
    const site = this.#profile.stack(frames.toReversed())
    this.#profile.add(site, { allocatedCount: allocs, allocatedBytes: allocs * size, liveCount: Math.max(0, allocs - frees), liveBytes: Math.max(0, allocs - frees) * size })
    const own = frames.find(({ functionName }) => !functionName.startsWith('runtime.')) ?? frames[0]
    const place = own === undefined ? 'allocated somewhere' : `${own.functionName} ${own.file?.slice(own.file.lastIndexOf('/') + 1)}:${own.line}`
    this.#buckets.set(id, { site, name: `${place} [${size}]` })
  }

  /** The list of pointer fields that follows some contents: pairs of kind and offset, ended by a 0. */
  #pointers({ start, end }: { start: number; end: number }, { node, isObject }: Owner): void {
    for (;;) {
      const kind = this.#number()
      if (kind === 0) return
      const offset = this.#number()
      // Interfaces are two words, the second of which points; kinds since 1.7: 1 pointer, 2 interface, 3 empty interface.
      const at = start + offset + (kind === 1 ? 0 : this.#pointerBytes)
      if (at + this.#pointerBytes > end) continue
      const target = this.#pointerBytes === 8 ? this.#view.getUint32(at + (this.#isLittle ? 4 : 0), this.#isLittle) * 2 ** 32 + this.#view.getUint32(at + (this.#isLittle ? 0 : 4), this.#isLittle) : this.#view.getUint32(at, this.#isLittle)
      if (target === 0) continue
      this.#from.push(isObject ? node : ~node)
      this.#offset.push(offset)
      this.#to.push(target)
    }
  }

  #assemble(): HeapGraph {
    this.#run.progress({ step: 'finding what points where', done: 0 })
    const nodeOfObject = new Uint32Array(this.#address.length)
    const sites: [node: number, site: number][] = []
    for (const [object, address] of this.#address.entries()) {
      const bucket = this.#buckets.get(this.#bucketOfObject.get(address) ?? -1)
      const size = this.#size[object]!
      const node = this.#graph.addNode({ kind: 'object', name: bucket?.name ?? `object [${size}]`, id: address, shallowBytes: size })
      nodeOfObject[object] = node
      if (bucket !== undefined) sites.push([node, bucket.site])
    }
    if (this.#bucketOfObject.size < this.#address.length / 2) {
      addNotice(this.#source, { code: 'few-sites', message: 'less than half of the objects know where they were allocated; set runtime.MemProfileRate = 1 at the start of the program' })
    }
    const order = Uint32Array.from(this.#address, (_, object) => object).sort((a, b) => this.#address[a]! - this.#address[b]!)
    const starts = Float64Array.from(order, (object) => this.#address[object]!)
    /** The object that an address lies in. */
    const objectAt = (address: number): number => {
      let low = 0
      let high = starts.length
      while (low < high) {
        const middle = (low + high) >>> 1
        if (starts[middle]! <= address) low = middle + 1
        else high = middle
      }
      if (low === 0) return NONE
      const object = order[low - 1]!
      return address < starts[low - 1]! + Math.max(1, this.#size[object]!) ? object : NONE
    }
    for (const [pointer, target] of this.#to.entries()) {
      if ((pointer & 0xffff) === 0) this.#run.checkpoint()
      const object = objectAt(target)
      if (object === NONE) continue // the stack, a global, code
      const from = this.#from[pointer]!
      this.#graph.addEdge({ from: from < 0 ? ~from : nodeOfObject[from]!, to: nodeOfObject[object]!, kind: 'property', name: `+${this.#offset[pointer]!}` })
    }
    for (const { address, why } of this.#roots) {
      const object = objectAt(address)
      if (object !== NONE) this.#graph.addEdge({ from: 0, to: nodeOfObject[object]!, kind: 'root', name: why })
    }
    const graph = this.#graph.build()
    const allocationSite = new Uint32Array(graph.nodeCount).fill(NONE)
    for (const [node, site] of sites) allocationSite[node] = site
    const stacks = { thread: Uint32Array.from(this.#stackUsed.keys()), usedBytes: Float64Array.from(this.#stackUsed.values()), inUseBytes: this.#stackInUse }
    return { ...graph, allocationSite, allocations: this.#profile.build({ unit: 'objects' }), ...(stacks.thread.length === 0 ? {} : { stacks }) }
  }

  /** An unsigned LEB128; exact to 2^53. */
  #number(): number {
    let value = 0
    let factor = 1
    for (let count = 0; count < 10; count++) {
      if (this.#at >= this.#bytes.length) throw new EndOfDump()
      const byte = this.#bytes[this.#at++]!
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
      factor *= 128
    }
    return this.#refuse('a number of at most ten bytes', 'a longer one')
  }

  #span(): { start: number; end: number } {
    const length = this.#number()
    const start = this.#at
    if (length > this.#bytes.length - start) throw new EndOfDump()
    this.#at += length
    return { start, end: this.#at }
  }

  #text(): string {
    const { start, end } = this.#span()
    return new TextDecoder().decode(this.#bytes.subarray(start, Math.min(end, start + 4096)))
  }

  #refuse(expected: string, found: string, byte = this.#at): never {
    throw new ReadError({ file: this.#source.name, format: FORMAT, position: { kind: 'byte', byte }, expected, found })
  }
}

/** The file ends inside a record. */
class EndOfDump extends Error {}

