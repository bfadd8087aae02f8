import { ReadError } from '../base/errors.ts'
import { AllocationProfileBuilder, type Frame } from '../model/allocation-profile-builder.ts'
import type { AllocationProfile } from '../model/allocation-profile.ts'
import type { MemorySeries } from '../model/memory-series.ts'
import { addNotice, type Source } from '../model/source.ts'
import { isAllocator } from './allocator-frames.ts'
import { PeakUsage } from './peak-usage.ts'
import type { Reader } from './reader.ts'
import { headText, lineBatches } from './text-lines.ts'

const FORMAT = 'heaptrack'

/**
 * Heaptrack's data files (heaptrack.*.gz, *.zst), file versions 0 to 3; the records are those of
 * src/analyze/accumulatedtracedata.cpp. One record a line, numbers hexadecimal.
 *
 * Every allocation was recorded, so values are exact: allocated is every `+`, live what no `-` followed, the peak the
 * state at the highest total, found in one pass (`PeakUsage`). Temporary allocations are part of allocated.
 * `c` and `R` records become `series`. A raw file (`heaptrack --raw`, records `x` and `m`) has addresses only and is
 * refused: heaptrack_interpret makes it readable.
 * Cost: a line a record; 40 bytes an allocation site kept.
 */
export const heaptrack: Reader<'allocation-profile'> = {
  format: FORMAT,
  title: 'heaptrack data file',
  makes: 'allocation-profile',
  recognize(head) {
    const text = headText(head)
    return /^v [0-9a-f]+(?: [0-9a-f]+)?\r?\n/.test(text) && /^[XIAxsmS#] ?/m.test(text.slice(text.indexOf('\n') + 1)) ? 'certain' : 'no'
  },
  async read(input, run) {
    const source: Source = { name: input.name, format: FORMAT, runtime: 'native', idsAreStable: false, notices: [] }
    let lineNumber = 0
    const records = new Records(source, (expected, found, hint) => {
      throw new ReadError({
        file: input.name,
        format: FORMAT,
        position: { kind: 'line', line: Math.max(1, lineNumber) },
        expected,
        found: found.slice(0, 100),
        ...(hint === undefined ? {} : { hint }),
      })
    })
    for await (const { firstLine, lines } of lineBatches(input, FORMAT, run)) {
      for (let index = 0; index < lines.length; index++) {
        lineNumber = firstLine + index
        records.line(lines[index]!)
      }
    }
    return records.profile()
  },
}

interface InstructionPointer {
  /** Innermost first: inlined functions, then the one they were inlined into. */
  frames: Frame[]
}

type Refuse = (expected: string, found: string, hint?: string) => never

class Records {
  readonly #source: Source
  readonly #refuse: Refuse
  #version = -1
  #isRaw = false
  // numbers in these tables count from 1; 0 is none
  readonly #strings: string[] = ['']
  readonly #pointers: InstructionPointer[] = [{ frames: [] }]
  readonly #tracePointer: number[] = [0]
  readonly #traceParent: number[] = [0]
  // allocation infos count from 0
  readonly #infoBytes: number[] = []
  readonly #infoTrace: number[] = []
  readonly #infoNumbers = new Map<string, number>()
  readonly #addresses = new Map<number, number>()
  // by allocation info
  #usage = new PeakUsage('first')
  #allocated: number[] = []
  #live: number[] = []
  #command: string | undefined
  #pageBytes = 4096
  #timeMs = 0
  #isSized = false
  readonly #times: number[] = []
  readonly #rss: number[] = []
  readonly #heap: number[] = []

  constructor(source: Source, refuse: Refuse) {
    this.#source = source
    this.#refuse = refuse
  }

  line(line: string): void {
    if (line === '') return
    const kind = line[0]!
    if (this.#version < 0 && kind !== 'v') this.#refuse('the version record first', `'${line}'`)
    switch (kind) {
      case '+': return this.#allocation(line)
      case '-': return this.#free(line)
      case 'v': return this.#versionRecord(line)
      case 'X':
        this.#command = line.slice(2)
        return
      case 'I': {
        const pageBytes = this.#hex(line.split(' ')[1], 'a page size')
        if (pageBytes > 0 && pageBytes <= 1 << 30) this.#pageBytes = pageBytes
        return
      }
      case 's': {
        this.#strings.push(this.#sizedText(line))
        return
      }
      case 'i': return this.#instructionPointer(line)
      case 't': {
        const [, pointer, parent] = line.split(' ')
        this.#tracePointer.push(this.#index(pointer, this.#pointers.length, 'an instruction pointer'))
        this.#traceParent.push(this.#index(parent, this.#tracePointer.length - 1, 'an earlier trace'))
        return
      }
      case 'a': {
        const [, bytes, trace] = line.split(' ')
        this.#infoBytes.push(this.#hex(bytes, 'a size'))
        this.#infoTrace.push(this.#index(trace, this.#tracePointer.length, 'a trace'))
        return
      }
      case 'c':
        this.#timeMs = this.#hex(line.split(' ')[1], 'a time')
        return
      case 'R':
        this.#times.push(this.#timeMs)
        this.#rss.push(this.#hex(line.split(' ')[1], 'a number of pages') * this.#pageBytes)
        this.#heap.push(this.#usage.total)
        return
      case 'A': // attached: what was allocated before is unknown, heaptrack starts its totals anew
        this.#usage = new PeakUsage('first')
        this.#allocated = []
        this.#live = []
        addNotice(this.#source, { code: 'attached', message: 'heaptrack was attached to a running process: allocations before that are not in the file' })
        return
      case 'x':
      case 'm': return this.#raw()
      case '#':
      case 'S': return
      default:
        addNotice(this.#source, { code: 'unknown-records', message: `records of unknown kinds (the first is '${/^[ -~]$/.test(kind) ? kind : '?'}') were passed over` })
    }
  }

  profile(): AllocationProfile {
    if (this.#version < 0) this.#refuse('the version record', 'an empty file')
    if (this.#isRaw) this.#raw()
    const builder = new AllocationProfileBuilder(this.#source)
    const sites = this.#sites(builder)
    builder.add(0, { liveBytes: 0, liveCount: 0, allocatedBytes: 0, allocatedCount: 0, peakBytes: 0 })
    for (let info = 0; info < this.#infoBytes.length; info++) {
      const bytes = this.#infoBytes[info]!
      const allocated = this.#allocated[info] ?? 0
      if (allocated === 0) continue
      builder.add(sites[this.#infoTrace[info]!]!, {
        allocatedCount: allocated,
        allocatedBytes: allocated * bytes,
        liveCount: this.#live[info]!,
        liveBytes: this.#live[info]! * bytes,
        peakBytes: this.#usage.peak(info),
      })
    }
    return builder.build({ unit: 'blocks', series: this.#series() })
  }

  /** The site of every trace. Traces point at earlier ones, so one forward pass is enough. */
  #sites(builder: AllocationProfileBuilder): number[] {
    const sites: number[] = [0]
    for (let trace = 1; trace < this.#tracePointer.length; trace++) {
      const { frames } = this.#pointers[this.#tracePointer[trace]!]!
      let site = sites[this.#traceParent[trace]!]!
      // operator new, the innermost frame, only hands the memory out: heaptrack's own views leave it out too
      if (frames.length === 0 || isAllocator(frames[0]!)) {
        sites.push(site)
        continue
      }
      for (let i = frames.length - 1; i >= 0; i--) site = builder.site(site, builder.frame(frames[i]!))
      sites.push(site)
    }
    return sites
  }

  #versionRecord(line: string): void {
    const [, tool, file] = line.split(' ')
    const toolVersion = this.#hex(tool, 'a version')
    // files of 1.2 forgot to say theirs
    this.#version = file === undefined ? (toolVersion === 0x10200 ? 1 : 0) : this.#hex(file, 'a file version')
    if (this.#version > 3) {
      this.#refuse('a file version from 0 to 3', String(this.#version), 'This file is of a newer heaptrack than we know. heaptrack_print -M makes a massif file of it, which we read.')
    }
    this.#isSized = this.#version >= 3
    this.#source.runtimeVersion = `heaptrack ${toolVersion >> 16}.${(toolVersion >> 8) & 255}.${toolVersion & 255}`
  }

  #sizedText(line: string): string {
    if (!this.#isSized) return line.slice(2)
    const blank = line.indexOf(' ', 2)
    if (blank < 0) return ''
    this.#hex(line.slice(2, blank), 'the length of a text')
    return line.slice(blank + 1)
  }

  #instructionPointer(line: string): void {
    const fields = line.split(' ')
    const module = this.#text(fields[2] ?? '0')
    const frames: Frame[] = []
    for (let at = 3; at + 2 < fields.length; at += 3) {
      const name = this.#text(fields[at])
      const file = this.#text(fields[at + 1])
      const lineNumber = this.#hex(fields[at + 2], 'a line')
      frames.push({
        functionName: name === '' ? `0x${fields[1]!}` : name,
        ...(file === '' ? (module === '' ? {} : { file: module }) : { file, line: lineNumber < 0xffffffff ? lineNumber : 0 }),
      })
    }
    // debug information is missing, or a function without a file (fn only)
    if (frames.length === 0) {
      const name = fields[3] === undefined ? '' : this.#text(fields[3])
      frames.push({ functionName: name === '' ? `0x${fields[1] ?? '?'}` : name, ...(module === '' ? {} : { file: module }) })
    }
    this.#pointers.push({ frames })
  }

  #allocation(line: string): void {
    if (this.#version >= 1) {
      const info = this.#parse(line, 2)
      if (!(info < this.#infoBytes.length)) this.#badInfo(line)
      this.#add(info, this.#infoBytes[info]!)
      return
    }
    const [, bytesText, traceText, addressText] = line.split(' ')
    const bytes = this.#hex(bytesText, 'a size')
    const trace = this.#index(traceText, this.#tracePointer.length, 'a trace')
    const key = `${bytes} ${trace}`
    let info = this.#infoNumbers.get(key)
    if (info === undefined) {
      this.#infoNumbers.set(key, (info = this.#infoBytes.length))
      this.#infoBytes.push(bytes)
      this.#infoTrace.push(trace)
    }
    this.#addresses.set(this.#hex(addressText, 'an address'), info)
    this.#add(info, bytes)
  }

  #free(line: string): void {
    const number = this.#parse(line, 2)
    let info: number | undefined = number
    if (this.#version === 0) {
      info = this.#addresses.get(number)
      if (info === undefined) return // allocated before heaptrack was there
      this.#addresses.delete(number)
    } else if (!(number < this.#infoBytes.length)) this.#badInfo(line)
    if (!(this.#live[info]! > 0)) {
      addNotice(this.#source, { code: 'freed-twice', message: 'frees of what was not allocated were passed over' })
      return
    }
    this.#live[info]!--
    this.#usage.change(info, -this.#infoBytes[info]!)
  }

  #add(info: number, bytes: number): void {
    this.#allocated[info] = (this.#allocated[info] ?? 0) + 1
    this.#live[info] = (this.#live[info] ?? 0) + 1
    this.#usage.change(info, bytes)
  }

  #badInfo(line: string): never {
    const fields = line.trim().split(' ').length
    return fields > 2 ? this.#raw() : this.#refuse('an allocation told before', `'${line}'`)
  }

  #raw(): never {
    return this.#refuse('an interpreted heaptrack file', 'a raw one (heaptrack --raw)', 'Give it symbols first: heaptrack_interpret < file.raw > file (unpacked), or record without --raw.')
  }

  #series(): MemorySeries | undefined {
    if (this.#times.length === 0) return undefined
    let highest = 0
    const times = this.#times.map((time) => (highest = Math.max(highest, time)))
    return {
      source: this.#source,
      process: { command: this.#command, runtime: 'native' },
      sampleCount: times.length,
      timeMs: Float64Array.from(times),
      metrics: new Map([
        ['rss', Float64Array.from(this.#rss)],
        ['heap-used', Float64Array.from(this.#heap)],
      ]),
    }
  }

  #text(number: string | undefined): string {
    return this.#strings[this.#index(number, this.#strings.length, 'a text')]!
  }

  #index(text: string | undefined, count: number, what: string): number {
    const value = this.#hex(text, what)
    if (value >= count) this.#refuse(`${what} told before (below ${count})`, `number ${value}`)
    return value
  }

  #hex(text: string | undefined, what: string): number {
    const value = text === undefined ? Number.NaN : this.#parse(text, 0)
    if (Number.isNaN(value)) this.#refuse(`${what} in hexadecimal`, text === undefined ? 'nothing' : `'${text}'`)
    return value
  }

  /** Hexadecimal digits from `at` to a blank or the end; NaN for none or anything else. */
  #parse(text: string, at: number): number {
    let value = 0
    let digits = 0
    for (let i = at; i < text.length; i++, digits++) {
      const code = text.charCodeAt(i)
      if (code === 0x20) break
      const digit = code >= 0x30 && code <= 0x39 ? code - 0x30 : code >= 0x61 && code <= 0x66 ? code - 0x57 : -1
      if (digit < 0) return Number.NaN
      value = value * 16 + digit
    }
    return digits === 0 || value > Number.MAX_SAFE_INTEGER ? Number.NaN : value
  }
}
