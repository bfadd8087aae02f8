import { ReadError } from '../base/errors.ts'
import type { AllocationProfile } from '../model/allocation-profile.ts'
import { AllocationProfileBuilder, type Frame } from '../model/allocation-profile-builder.ts'
import { addNotice, type Source } from '../model/source.ts'
import { withoutAllocators } from './allocator-frames.ts'
import { bytesSource } from './bytes-source.ts'
import { jemalloc } from './jemalloc.ts'
import type { ByteSource, Reader } from './reader.ts'
import { replay } from './replay.ts'
import { headText, lineBatches } from './text-lines.ts'
import { unsample } from './unsample.ts'
import { wholeInput } from './whole-input.ts'

const FORMAT = 'legacy-heap-profile'

/**
 * The text heap profiles that came before profile.proto, as google/pprof reads them (profile/legacy_profile.go):
 * - `heap profile: … @ heap/N`: Go, `/debug/pprof/heap?debug=1`; N is twice the interval, stacks follow as `#` lines
 * - `… @ heap_v2/N`, `heapz_v2/N`: TCMalloc's sampling profiler
 * - `… @ heapprofile`: gperftools' heap profiler, which records everything
 * - `… @ growth`, `fragmentation`: where the address space grew
 * - `--- heapz 1 ---`, `format = java`: Java heap profiles
 * with symbols from `pprof --raw` (`--- symbol`), and the list of mapped files where there are none.
 *
 * The numbers of the sampling kinds are raw samples in the file; here they are scaled up (`unsample.ts`).
 * Addresses in stacks are return addresses: the call is one below. Of Go's MemStats trailer only
 * what stacks take is read.
 */
export const legacyHeapProfile: Reader<'allocation-profile'> = {
  format: FORMAT,
  title: 'heap profile text (Go debug=1, gperftools, TCMalloc)',
  makes: 'allocation-profile',
  recognize(head) {
    const text = headText(head)
    if (/^heap_v2\/\d+\r?$/m.test(text)) return 'no' // jemalloc's, without the totals before it
    if (HEADER.test(text.split('\n', 1)[0]!)) return 'certain'
    if (/^--- heapz? \d* ?---\r?\nformat = java/.test(text)) return 'certain'
    if (text.startsWith('--- symbol\n') || text.startsWith('--- symbol\r\n')) return /\n--- (?:heap|growth)/.test(text) ? 'certain' : 'likely'
    return /^heap profile:/m.test(text) ? 'likely' : 'no'
  },
  async read(given, run) {
    const [first, replayed] = await firstByte(given)
    let input = replayed
    if (first === 0x2d) {
      // Behind long symbols the head does not show whose profile follows: jeprof writes the same ones for jemalloc's.
      const bytes = await wholeInput(input, FORMAT, run)
      const whole = bytesSource(given.name, bytes)
      if (/(?:^|\n)heap_v2\/\d+\r?\n/.test(new TextDecoder('latin1').decode(bytes))) return jemalloc.read(whole, run)
      input = whole
    }
    const source: Source = { name: input.name, format: FORMAT, idsAreStable: false, sizeBytes: input.sizeBytes, notices: [] }
    const text = new ProfileText(source)
    for await (const { firstLine, lines } of lineBatches(input, FORMAT, run)) {
      for (const [index, line] of lines.entries()) text.line(line, firstLine + index)
    }
    return text.finish()
  },
}

/** The first byte, and an input that still has it. */
async function firstByte(input: ByteSource): Promise<[number | undefined, ByteSource]> {
  const chunks = input.chunks()[Symbol.asyncIterator]()
  const first = await chunks.next()
  const seen = first.done === true ? new Uint8Array(0) : first.value
  return [seen[0], { name: input.name, sizeBytes: input.sizeBytes, chunks: () => replay(seen, chunks) }]
}

const HEADER = /^heap profile: *(-?\d+): *(-?\d+) *\[ *(-?\d+): *(-?\d+) *\] *@ *([a-z_]+[a-z0-9_]*)?\/?(\d*)/
const SAMPLE = /^ *(-?\d+): *(-?\d+) *\[ *(-?\d+): *(-?\d+) *\] *@((?: *0x[0-9a-f]+)*) *$/i
const JAVA_SAMPLE = /^ +(\d+) +(\d+) +@((?: +0x[0-9a-f]+)*) *$/i
const GO_FRAME = /^#\t0x([0-9a-f]+)\t(\S.*?)(?:\+0x[0-9a-f]+)?\t+(.*?)(?::(\d+))?$/
const JAVA_LOCATION = /^ *0x([0-9a-f]+) +(.+?)(?: +\((.*?)(?::(\d+))?\))?$/
const SYMBOL = /^0x([0-9a-f]+) (.+)$/i
const MAPPING = /^ *([0-9a-f]+)-([0-9a-f]+):? +(?:[-rwxps]{4} +([0-9a-f]+) +\S+ +\d+ +)?(\/.*|\S+\.so\S*)$/i

/** What pprof takes for Java, whose files do not say it. */
const JAVA_INTERVAL = 524288
/** Deeper stacks than any profiler writes. */
const MAX_FRAMES = 2000

interface Sample {
  count: number
  bytes: number
  allocatedCount: number
  allocatedBytes: number
  addresses: readonly number[]
  /** Innermost first, where the file names them. */
  frames: Frame[]
}

interface Kind {
  name: string
  intervalBytes: number
  hasAllocated: boolean
  totalCount: number
}

class ProfileText {
  readonly #source: Source
  readonly #samples: Sample[] = []
  readonly #symbols = new Map<number, Frame>()
  readonly #mappings: { start: number; end: number; offset: number; file: string }[] = []
  #kind: Kind | undefined
  #lines = 1
  #isJava = false
  #inSymbols = false
  #open: Sample | undefined
  #stackBytes: number | undefined

  constructor(source: Source) {
    this.#source = source
  }

  line(line: string, number: number): void {
    this.#lines = number
    if (line === '') {
      this.#open = undefined
      return
    }
    if (line.startsWith('--- ')) {
      this.#inSymbols = line.startsWith('--- symbol')
      if (line.startsWith('--- heapz')) this.#isJava = true
      return
    }
    if (this.#inSymbols) return this.#symbol(line)
    if (line.startsWith('#')) return this.#goFrame(line)
    const header = HEADER.exec(line)
    if (header !== null && this.#kind === undefined) return this.#header(header, number)
    if (this.#isJava) return this.#javaLine(line, number)
    const sample = SAMPLE.exec(line)
    if (sample !== null && this.#kind !== undefined) {
      this.#add(sample.slice(1, 5).map(Number), addresses(sample[5]!), number)
      return
    }
    if (line.startsWith('MAPPED_LIBRARIES') || line.startsWith('build=') || line.startsWith('binary=')) return
    const mapping = MAPPING.exec(line)
    if (mapping !== null) {
      const [, start, end, offset = '0', file] = mapping
      this.#mappings.push({ start: Number.parseInt(start!, 16), end: Number.parseInt(end!, 16), offset: Number.parseInt(offset, 16), file: file! })
    } else if (!/^ *[0-9a-f]+-[0-9a-f]+/i.test(line)) {
      addNotice(this.#source, { code: 'unknown-line', message: 'a line is neither a sample nor a mapping', firstAt: `line ${number}` })
    }
  }

  #header([, liveCount, liveBytes, allocatedCount, allocatedBytes, name = '', rate]: RegExpExecArray, line: number): void {
    const period = Number(rate)
    const hasAllocated = (allocatedCount !== liveCount && allocatedCount !== '0') || (allocatedBytes !== liveBytes && allocatedBytes !== '0')
    const intervals: Record<string, number> = { heap: period / 2, heap_v2: period, heapz_v2: period, heapprofile: 1, growth: 1, growthz: 1, fragmentation: 1, fragmentationz: 1 }
    const intervalBytes = intervals[name]
    if (intervalBytes === undefined) this.#refuse(line, 'a kind of heap profile: heap, heap_v2, heapprofile or growth', name === '' ? 'none' : `'${name}'`)
    this.#kind = { name, intervalBytes: intervalBytes === undefined || intervalBytes < 1 ? 1 : intervalBytes, hasAllocated, totalCount: Number(liveCount) }
  }

  #add([count, bytes, allocatedCount, allocatedBytes]: number[], stack: readonly number[], line: number): void {
    if (count === 0 && bytes !== 0) this.#refuse(line, 'no bytes where nothing is counted', `${bytes} bytes`)
    this.#open = { count: count!, bytes: bytes!, allocatedCount: allocatedCount!, allocatedBytes: allocatedBytes!, addresses: stack.slice(0, MAX_FRAMES), frames: [] }
    this.#samples.push(this.#open)
  }

  #goFrame(line: string): void {
    const stacks = /^# Stack = (\d+) \/ \d+\r?$/.exec(line)
    if (stacks !== null) this.#stackBytes = Number(stacks[1])
    const frame = GO_FRAME.exec(line)
    if (frame === null || this.#open === undefined || this.#open.frames.length >= MAX_FRAMES) return
    const [, , functionName, file, lineNumber] = frame
    this.#open.frames.push({ functionName: functionName!, file: file === '' ? undefined : file, line: lineNumber === undefined ? undefined : Number(lineNumber) })
  }

  #symbol(line: string): void {
    const symbol = SYMBOL.exec(line)
    if (symbol === null) return
    // Inlined calls are joined by `--`, innermost first; the outermost names the place.
    this.#symbols.set(Number.parseInt(symbol[1]!, 16), { functionName: symbol[2]! })
  }

  #javaLine(line: string, number: number): void {
    const setting = /^([a-z]+) *= *(\S+)$/i.exec(line)
    if (setting !== null) {
      if (setting[1] === 'resolution' && setting[2] !== 'bytes') this.#refuse(number, 'a resolution of bytes', setting[2]!)
      this.#kind ??= { name: 'java', intervalBytes: JAVA_INTERVAL, hasAllocated: false, totalCount: Number.NaN }
      return
    }
    const sample = JAVA_SAMPLE.exec(line)
    if (sample !== null) {
      this.#kind ??= { name: 'java', intervalBytes: JAVA_INTERVAL, hasAllocated: false, totalCount: Number.NaN }
      this.#add([Number(sample[2]), Number(sample[1]), 0, 0], addresses(sample[3]!), number)
      return
    }
    const location = JAVA_LOCATION.exec(line)
    if (location === null) {
      addNotice(this.#source, { code: 'unknown-line', message: 'a line is neither a sample nor a location', firstAt: `line ${number}` })
      return
    }
    const [, address, functionName, file, lineNumber] = location
    this.#symbols.set(Number.parseInt(address!, 16), { functionName: functionName!, file, line: lineNumber === undefined ? undefined : Number(lineNumber) })
  }

  finish(): AllocationProfile {
    const kind = this.#kind
    if (kind === undefined) {
      if (this.#symbols.size === 0) this.#refuse(1, 'a line that begins "heap profile:"', 'none')
      this.#refuse(this.#lines, 'a heap profile behind the symbols', 'the end of the file', 'The tool wrote its table of symbols only. Read the profile it was made from: the .heap file itself.')
    }
    const { intervalBytes, hasAllocated } = kind
    const source = this.#source
    if (this.#samples.some(({ frames }) => frames.length > 0)) source.runtime = 'go'
    if (kind.name === 'java') source.runtime = 'jvm'
    const builder = new AllocationProfileBuilder(source)
    builder.add(0, { liveBytes: 0, liveCount: 0, ...(hasAllocated ? { allocatedBytes: 0, allocatedCount: 0 } : {}) })
    this.#mappings.sort((a, b) => a.start - b.start)
    let seen = 0
    for (const sample of this.#samples) {
      seen += sample.count
      const frames = sample.frames.length > 0 ? sample.frames : sample.addresses.map((address) => this.#frameAt(address))
      const site = builder.stack(withoutAllocators(frames).toReversed())
      const live = unsample(sample.count, sample.bytes, intervalBytes)
      builder.add(site, { liveBytes: live.bytes, liveCount: live.count })
      if (!hasAllocated) continue
      const allocated = unsample(sample.allocatedCount, sample.allocatedBytes, intervalBytes)
      builder.add(site, { allocatedBytes: allocated.bytes, allocatedCount: allocated.count })
    }
    if (seen < kind.totalCount) {
      addNotice(source, { code: 'cut', message: `the first line counts ${kind.totalCount} live blocks, the samples that follow only ${seen}: the file is cut` })
    }
    if (kind.name === 'heap_v2' && intervalBytes > 1) {
      addNotice(source, { code: 'may-be-half', message: 'gperftools (seen with 2.10) takes only half of the samples that its period promises: what there is may be twice these estimates' })
    }
    return builder.build({ unit: 'objects', samplingIntervalBytes: intervalBytes > 1 ? intervalBytes : undefined, totals: this.#stackBytes === undefined ? undefined : { stackBytes: this.#stackBytes } })
  }

  /** The frame of a return address: by symbol, else by the offset in the mapped file, which other runs share. */
  #frameAt(returnAddress: number): Frame {
    const address = this.#isJava ? returnAddress : returnAddress - 1
    const known = this.#symbols.get(returnAddress) ?? this.#symbols.get(address)
    if (known !== undefined) return known
    let low = 0
    let high = this.#mappings.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#mappings[middle]!.end <= address) low = middle + 1
      else high = middle
    }
    const mapping = this.#mappings[low]
    if (mapping === undefined || address < mapping.start) return { functionName: `0x${address.toString(16)}` }
    const offset = address - mapping.start + mapping.offset
    return { functionName: `${mapping.file.slice(mapping.file.lastIndexOf('/') + 1)}+0x${offset.toString(16)}`, file: mapping.file }
  }

  #refuse(line: number, expected: string, found: string, hint?: string): never {
    throw new ReadError({ file: this.#source.name, format: FORMAT, position: { kind: 'line', line }, expected, found, ...(hint === undefined ? {} : { hint }) })
  }
}

function addresses(text: string): number[] {
  return text.trim() === '' ? [] : text.trim().split(/ +/).map(Number)
}
