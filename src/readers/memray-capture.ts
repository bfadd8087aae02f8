import { ReadError } from '../base/errors.ts'
import { AllocationProfileBuilder } from '../model/allocation-profile-builder.ts'
import type { AllocationProfile } from '../model/allocation-profile.ts'
import type { MemorySeries } from '../model/memory-series.ts'
import { addNotice, type Source } from '../model/source.ts'
import { LiveAllocations } from './memray-live.ts'
import type { MemrayBytes } from './memray-bytes.ts'
import { lineOfInstruction } from './python-line-table.ts'

/** What an allocator's number means, by file version: 11, and from 12 on. */
const KINDS_11 = kinds({ free: [2, 15], mmap: 10, munmap: 11 })
const KINDS_12 = kinds({ free: [1, 5], mmap: 14, munmap: 15 })
type Kind = 'allocate' | 'free' | 'mmap' | 'munmap'

interface Code {
  functionName: string
  file: string
  firstLine: number
  table: Uint8Array
}

/** A code object's line table is kilobytes; a file that says more lies. */
const LONGEST_TABLE = 1 << 22
/** No record is longer; bytes that end none of this length are not memray's. */
export const LONGEST_RECORD = LONGEST_TABLE + (1 << 20)

/**
 * The records of a memray capture, one `next()` each, and the profile they add up to.
 * A record that is not whole leaves the state as it was: it reads everything before it changes anything.
 * Above 400 lines because three layouts (version 11, 12 and 13, aggregated) share this one state.
 */
export class MemrayCapture {
  isDone = false
  readonly #file: string
  readonly #format: string
  readonly #source: Source
  readonly #builder: AllocationProfileBuilder
  #version = 0
  #pythonVersion = 0
  #hasNative = false
  #isAggregated = false
  #startMs = 0
  #command = ''
  #pid = 0
  #bytes: MemrayBytes | undefined
  #recordAt = 0

  // the last value of each delta-coded field
  #lastAddress = 0
  #lastFrame = 0
  #lastLine = 0
  readonly #recentAddresses: number[] = Array.from({ length: 15 }, () => 0)

  readonly #codes = new Map<number, Code>()
  readonly #frameRows = new Map<number, number>()
  readonly #offsetRows = new Map<number, Map<number, number>>()
  readonly #stacks = new Map<number, number[]>()
  #stack: number[] | undefined
  // aggregated files: site of every trace
  readonly #traceSites: number[] = [0]
  readonly #live = new LiveAllocations()
  readonly #times: number[] = []
  readonly #rss: number[] = []
  readonly #heap: number[] = []

  constructor(file: string, format: string) {
    this.#file = file
    this.#format = format
    this.#source = { name: file, format, runtime: 'cpython', idsAreStable: false, notices: [] }
    this.#builder = new AllocationProfileBuilder(this.#source)
  }

  /** Reads one record, or the header. @throws MissingBytes when it is not whole; ReadError when it is none */
  next(bytes: MemrayBytes): void {
    this.#bytes = bytes
    this.#recordAt = bytes.position
    if (this.#version === 0) return this.#header(bytes)
    if (this.#isAggregated) return this.#aggregated(bytes)
    if (this.#version === 11) return this.#record11(bytes)
    return this.#record12(bytes)
  }

  /** @throws ReadError for a record that does not end */
  tooLong(bytes: MemrayBytes): never {
    this.#bytes = bytes
    this.#recordAt = bytes.position
    return this.#refuse(`a record of at most ${LONGEST_RECORD} bytes`, 'a longer one')
  }

  profile({ left, at, cutAt }: { left: number; at: number; cutAt: number | undefined }): AllocationProfile {
    if (this.#version === 0) this.#refuse('the header of a memray capture', left === 0 && at === 0 ? 'an empty file' : 'end of file')
    if (!this.isDone) {
      addNotice(this.#source, {
        code: 'cut',
        firstAt: `byte ${cutAt ?? at}`,
        message: 'the capture ends without its trailer (was the process killed?): what was allocated later is missing, and what was freed later seems live',
      })
    }
    const builder = this.#builder
    if (this.#isAggregated) builder.add(0, { liveBytes: 0, liveCount: 0, peakBytes: 0 })
    else this.#live.addTo(builder)
    if (this.#hasNative) addNotice(this.#source, { code: 'native-frames', message: 'native frames were recorded; stacks show the Python frames only' })
    return builder.build({ unit: 'blocks', series: this.#series() })
  }

  #header(bytes: MemrayBytes): void {
    const magic = bytes.take(7)
    if (String.fromCharCode(...magic) !== 'memray\0') this.#refuse("'memray'", 'other bytes')
    const version = bytes.int32()
    if (version < 11 || version > 13) {
      this.#refuse('a memray file of version 11 to 13', String(version), 'Use the memray that made it: memray transform csv, memray table or memray stats --json; we read these.')
    }
    const pythonVersion = version >= 12 ? bytes.uint32() : 0
    const hasNative = bytes.uint8() !== 0
    const fileFormat = bytes.uint8()
    bytes.uint64() // allocations: told when the file is closed, 0 before
    bytes.uint64() // frames
    const startMs = bytes.uint64()
    bytes.uint64() // end
    const command = bytes.text()
    const pid = bytes.int32()
    bytes.uint64() // main thread
    bytes.uint64() // frames of memray itself
    bytes.uint8() // Python's allocator
    bytes.uint8() // whether pymalloc was traced
    if (version >= 12) bytes.uint8() // whether objects were traced
    if (version >= 13) {
      bytes.text()
      for (const _list of ['site-packages', 'sys.path']) while (bytes.text() !== '');
    }
    if (fileFormat > 1) this.#refuse('all allocations (0) or aggregated ones (1)', String(fileFormat))
    this.#version = version
    this.#pythonVersion = pythonVersion
    this.#hasNative = hasNative
    this.#isAggregated = fileFormat === 1
    this.#startMs = startMs
    this.#command = command
    this.#pid = pid
    this.#source.takenAtMs = startMs
    if (pythonVersion !== 0) this.#source.runtimeVersion = `${pythonVersion >>> 24}.${(pythonVersion >>> 16) & 255}.${(pythonVersion >>> 8) & 255}`
  }

  #record12(bytes: MemrayBytes): void {
    const type = bytes.uint8()
    if (type >= 128) return this.#allocation12(bytes, type & 127)
    if (type >= 64) {
      const code = this.#number(bytes.varint(), 'a code object')
      const offset = this.#number(bytes.signedVarint(), 'an instruction')
      return this.#push(this.#rowOfInstruction(code, offset))
    }
    if (type >= 32) {
      const [address, isNew] = this.#address12(bytes, (type >> 1) & 15)
      if (this.#hasNative && (type & 1) === 1) bytes.signedVarint()
      return this.#remember(address, isNew)
    }
    if (type >= 16) return this.#pop((type & 15) + 1)
    switch (type) {
      case 0: return // filler
      case 1:
        this.isDone = true
        return
      case 2: return this.#memory(bytes)
      case 14: return this.#code(bytes)
      default: return this.#shared(type, bytes)
    }
  }

  #record11(bytes: MemrayBytes): void {
    const byte = bytes.uint8()
    const [type, flags] = [byte & 15, byte >> 4]
    switch (type) {
      case 0:
        if (flags !== 1) this.#refuse('a record', `subtype ${flags}`)
        this.isDone = true
        return
      case 1:
      case 2: {
        const address = this.#lastAddress + bytes.signedVarint()
        const kind = this.#kind(KINDS_11, flags)
        const size = type === 2 || kind !== 'free' ? this.#number(bytes.varint(), 'a size') : 0
        if (type === 2) bytes.signedVarint() // native frame
        this.#lastAddress = this.#number(address, 'an address')
        return this.#apply(kind, address, size)
      }
      case 3: {
        const frame = this.#lastFrame + bytes.signedVarint()
        const functionName = bytes.text()
        const file = bytes.text()
        const line = this.#lastLine + bytes.signedVarint()
        this.#lastFrame = this.#number(frame, 'a frame')
        this.#lastLine = this.#number(line, 'a line')
        this.#frameRows.set(frame, this.#row(functionName, file, line))
        return
      }
      case 4: {
        const frame = this.#number(this.#lastFrame + bytes.signedVarint(), 'a frame')
        this.#lastFrame = frame
        return this.#push(this.#frameRows.get(frame) ?? this.#refuse('a frame told before', String(frame)))
      }
      case 9: return this.#pop(flags + 1)
      case 11: return this.#memory(bytes)
      default: return this.#shared(type, bytes)
    }
  }

  /** Records all versions and both kinds of file write alike. */
  #shared(type: number, bytes: MemrayBytes): void {
    switch (type) {
      case 5: // a native frame
        bytes.signedVarint()
        bytes.signedVarint()
        return
      case 6: return // memory map follows
      case 7:
        bytes.text()
        bytes.varint()
        bytes.uint64()
        return
      case 8:
        bytes.uint64()
        bytes.varint()
        return
      case 10: // thread name
        bytes.text()
        return
      case 12: {
        const thread = bytes.uint64()
        let stack = this.#stacks.get(thread)
        if (stack === undefined) this.#stacks.set(thread, (stack = []))
        this.#stack = stack
        return
      }
      default: this.#refuse('a record of memray', `type ${type}`)
    }
  }

  #aggregated(bytes: MemrayBytes): void {
    const type = bytes.uint8()
    switch (type) {
      case 1: {
        const [timeMs, rss, heap] = [bytes.uint64(), bytes.uint64(), bytes.uint64()]
        return this.#sample(timeMs, rss, heap)
      }
      case 2: {
        bytes.uint64() // thread
        bytes.uint64() // allocator, padded
        bytes.uint64() // native frame
        const trace = bytes.uint64()
        bytes.uint64() // generation of native segments
        const [, liveCount, peakBytes, liveBytes] = [bytes.uint64(), bytes.uint64(), bytes.uint64(), bytes.uint64()]
        const site = this.#traceSites[trace] ?? this.#refuse('a trace told before', String(trace))
        this.#builder.add(site, { liveCount, peakBytes, liveBytes })
        return
      }
      case 3: {
        const wide = this.#version === 11
        const frame = wide ? bytes.uint64() : bytes.varint()
        const parent = wide ? bytes.uint32() : bytes.varint()
        const row = this.#frameRows.get(frame) ?? this.#refuse('a frame told before', String(frame))
        const site = this.#traceSites[parent] ?? this.#refuse('a trace told before', String(parent))
        this.#traceSites.push(this.#builder.site(site, row))
        return
      }
      case 4: {
        if (this.#version === 11) {
          const frame = bytes.uint64()
          const [functionName, file, line] = [bytes.text(), bytes.text(), bytes.int32()]
          bytes.uint8()
          this.#frameRows.set(frame, this.#row(functionName, file, line))
          return
        }
        const [frame, code, offset] = [bytes.varint(), bytes.varint(), bytes.signedVarint()]
        bytes.uint8()
        this.#frameRows.set(frame, this.#rowOfInstruction(code, offset))
        return
      }
      case 13: // an object that survived
        bytes.varint()
        if (this.#hasNative) bytes.varint()
        return
      case 14: return this.#code(bytes)
      case 15:
        this.isDone = true
        return
      default: return this.#shared(type, bytes)
    }
  }

  #allocation12(bytes: MemrayBytes, flags: number): void {
    const [address, isNew] = this.#address12(bytes, (flags >> 3) & 15)
    const allocator = (flags & 7) === 0 ? bytes.uint8() : flags & 7
    const kind = this.#kind(KINDS_12, allocator)
    if (this.#hasNative && kind !== 'free') bytes.signedVarint()
    const size = kind === 'free' ? 0 : this.#number(bytes.varint(), 'a size')
    this.#remember(address, isNew)
    this.#apply(kind, address, size)
  }

  /** One of the 15 addresses used last, or a new one. */
  #address12(bytes: MemrayBytes, index: number): [address: number, isNew: boolean] {
    if (index < 15) return [this.#recentAddresses[index]!, false]
    return [this.#number((this.#lastAddress + bytes.signedVarint()) * 8, 'an address'), true]
  }

  #remember(address: number, isNew: boolean): void {
    if (!isNew) return
    this.#lastAddress = address / 8
    this.#recentAddresses.pop()
    this.#recentAddresses.unshift(address)
  }

  #apply(kind: Kind, address: number, size: number): void {
    if (kind === 'free') return this.#live.free(address)
    if (kind === 'munmap') return this.#live.unmap(address, size)
    if (this.#stack === undefined) this.#refuse('a thread before its allocations', 'an allocation')
    this.#live.allocate(address, size, this.#stack.at(-1) ?? 0, kind === 'mmap')
  }

  #push(row: number): void {
    if (this.#stack === undefined) this.#refuse('a thread before its frames', 'a frame')
    this.#stack.push(this.#builder.site(this.#stack.at(-1) ?? 0, row))
  }

  #pop(count: number): void {
    const stack = this.#stack
    if (stack === undefined || stack.length < count) return this.#refuse(`${count} frames to leave`, String(stack?.length ?? 0))
    stack.length -= count
  }

  #code(bytes: MemrayBytes): void {
    const id = bytes.varint()
    const functionName = bytes.text()
    const file = bytes.text()
    const firstLine = this.#lastLine + bytes.signedVarint()
    const length = bytes.varint()
    if (!(length <= LONGEST_TABLE)) this.#refuse('a line table', `one of ${length} bytes`)
    const table = bytes.take(length)
    this.#lastLine = this.#number(firstLine, 'a line')
    this.#codes.set(id, { functionName, file, firstLine, table })
  }

  #memory(bytes: MemrayBytes): void {
    const rss = bytes.varint()
    const sinceStart = bytes.varint()
    this.#sample(this.#startMs + sinceStart, rss, this.#live.total)
  }

  #sample(timeMs: number, rss: number, heap: number): void {
    if (timeMs < (this.#times.at(-1) ?? 0)) return
    this.#times.push(timeMs)
    this.#rss.push(rss)
    this.#heap.push(heap)
  }

  #series(): MemorySeries | undefined {
    if (this.#times.length === 0) return undefined
    return {
      source: this.#source,
      process: { pid: this.#pid, command: this.#command, startedAtMs: this.#startMs, runtime: 'cpython', runtimeVersion: this.#source.runtimeVersion },
      sampleCount: this.#times.length,
      timeMs: Float64Array.from(this.#times),
      metrics: new Map([
        ['rss', Float64Array.from(this.#rss)],
        ['heap-used', Float64Array.from(this.#heap)],
      ]),
    }
  }

  #rowOfInstruction(codeId: number, offset: number): number {
    let rows = this.#offsetRows.get(codeId)
    if (rows === undefined) this.#offsetRows.set(codeId, (rows = new Map()))
    const known = rows.get(offset)
    if (known !== undefined) return known
    const code = this.#codes.get(codeId)
    const row = code === undefined
      ? this.#row('???', '', 0)
      : this.#row(code.functionName, code.file, lineOfInstruction(this.#pythonVersion, code.table, offset, code.firstLine))
    rows.set(offset, row)
    return row
  }

  #row(functionName: string, file: string, line: number): number {
    return this.#builder.frame({ functionName, ...(file === '' ? {} : { file }), line: Number.isInteger(line) && line > 0 && line < 0xffffffff ? line : 0 })
  }

  #kind(kindOf: readonly (Kind | undefined)[], allocator: number): Kind {
    return kindOf[allocator] ?? this.#refuse('an allocator', `number ${allocator}`)
  }

  #number(value: number, what: string): number {
    if (!Number.isSafeInteger(value)) this.#refuse(what, String(value))
    return value
  }

  #refuse(expected: string, found: string, hint?: string): never {
    throw new ReadError({
      file: this.#file,
      format: this.#format,
      position: { kind: 'byte', byte: this.#recordAt, ...(this.#bytes === undefined ? {} : { what: 'unpacked' }) },
      expected,
      found,
      ...(hint === undefined ? {} : { hint }),
    })
  }
}

function kinds({ free, mmap, munmap }: { free: readonly number[]; mmap: number; munmap: number }): (Kind | undefined)[] {
  return Array.from({ length: 16 }, (_, allocator) => {
    if (allocator === 0) return undefined
    if (free.includes(allocator)) return 'free'
    if (allocator === mmap) return 'mmap'
    return allocator === munmap ? 'munmap' : 'allocate'
  })
}
