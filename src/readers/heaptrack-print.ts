import { ReadError } from '../base/errors.ts'
import { AllocationProfileBuilder, type Frame, type SiteValues } from '../model/allocation-profile-builder.ts'
import type { AllocationProfile } from '../model/allocation-profile.ts'
import { addNotice, type Source } from '../model/source.ts'
import { isAllocator } from './allocator-frames.ts'
import type { Reader } from './reader.ts'
import { headText, lineBatches } from './text-lines.ts'
import { asLine } from './valgrind-frames.ts'

const FORMAT = 'heaptrack-print'
const SIZE = String.raw`(-?\d+(?:\.\d+)?)([BKMGTPE])`
const UNITS = ['B', 'K', 'M', 'G', 'T', 'P', 'E']

type Column = 'allocatedCount' | 'peakBytes' | 'liveBytes'
/** The sentence over the stacks of one place, and the one over each way that led there. */
const SECTIONS: readonly { title: RegExp; column: Column; place: RegExp; way: RegExp }[] = [
  { title: /^MOST CALLS TO ALLOCATION FUNCTIONS$/, column: 'allocatedCount', place: /^(-?\d+)() calls to allocation functions with \S+ peak consumption from$/, way: /^(-?\d+)() calls with \S+ peak consumption from:$/ },
  { title: /^PEAK MEMORY CONSUMERS$/, column: 'peakBytes', place: new RegExp(`^${SIZE} peak memory consumed over -?\\d+ calls from$`), way: new RegExp(`^${SIZE} consumed over -?\\d+ calls from:$`) },
  { title: /^MEMORY LEAKS$/, column: 'liveBytes', place: new RegExp(`^${SIZE} leaked over -?\\d+ calls from$`), way: new RegExp(`^${SIZE} leaked over -?\\d+ calls from:$`) },
]
const OTHER_TITLE = /^[A-Z][A-Z ]+$/
const OTHER_PLACES = /^\s+and .* from \d+ other places$/
const TOTALS = /^(calls to allocation functions|temporary memory allocations|peak heap memory consumption|total memory leaked): (\S+)/

/**
 * The text of heaptrack's analyzer (`heaptrack_print FILE`, src/analyze/print/heaptrack_print.cpp), 1.1 to 1.5: the places
 * with most calls, the highest consumption and, with `--print-leaks`, what was never freed.
 *
 * A place is a stack that several ways lead to; each way is a site. Sizes have four digits or so (notice `rounded`);
 * what the text leaves out of its totals stands under a frame that says so. Numbers of a comparison (`--diff`) are
 * differences. Left out: temporary allocations by stack.
 */
export const heaptrackPrint: Reader<'allocation-profile'> = {
  format: FORMAT,
  title: 'heaptrack, printed (heaptrack_print)',
  makes: 'allocation-profile',
  recognize(head) {
    const text = headText(head)
    return /^(?:reading file ".*" - please wait|Debuggee command was: )/m.test(text) && /^finished reading file/m.test(text) ? 'certain' : SECTIONS.some(({ title }) => new RegExp(title, 'm').test(text)) ? 'likely' : 'no'
  },
  async read(input, run) {
    const source: Source = { name: input.name, format: FORMAT, runtime: 'native', idsAreStable: false, notices: [] }
    const text = new PrintedText(source)
    let lineNumber = 0
    for await (const { firstLine, lines } of lineBatches(input, FORMAT, run)) {
      for (const [index, line] of lines.entries()) {
        lineNumber = firstLine + index
        text.line(line)
      }
    }
    if (!text.hasPlaces) {
      throw new ReadError({ file: input.name, format: FORMAT, position: { kind: 'line', line: Math.max(1, lineNumber) }, expected: 'places that allocate, with their stacks', found: 'the end of the file' })
    }
    return text.profile()
  },
}

interface Way {
  value: number
  frames: Frame[]
}

class PrintedText {
  readonly #source: Source
  readonly #builder: AllocationProfileBuilder
  readonly #totals = new Map<string, number>()
  readonly #listed = new Map<Column, number>()
  #section: (typeof SECTIONS)[number] | undefined
  #place: Way | undefined
  #ways: Way[] = []
  #hasOthers = false
  #frames: Frame[] | undefined
  hasPlaces = false

  constructor(source: Source) {
    this.#source = source
    this.#builder = new AllocationProfileBuilder(source)
  }

  line(line: string): void {
    if (line.startsWith('reading diff file')) addNotice(this.#source, { code: 'difference', message: 'values are differences between two recordings: negative ones were freed or no longer allocated' })
    const total = TOTALS.exec(line)
    if (total !== null) {
      this.#finish()
      this.#totals.set(total[1]!, sizeOf(/(-?\d+(?:\.\d+)?)([BKMGTPE]?)$/.exec(total[2]!)))
      return
    }
    const section = SECTIONS.find(({ title }) => title.test(line))
    if (section !== undefined || OTHER_TITLE.test(line)) {
      this.#finish()
      this.#section = section
      return
    }
    if (this.#section === undefined) return
    const place = this.#section.place.exec(line)
    if (place !== null) {
      this.#finish()
      this.#place = { value: sizeOf(place), frames: [] }
      this.#frames = this.#place.frames
      this.hasPlaces = true
      return
    }
    if (this.#place === undefined) return
    const way = this.#section.way.exec(line)
    if (way !== null) {
      const added: Way = { value: sizeOf(way), frames: [] }
      this.#ways.push(added)
      this.#frames = added.frames
      return
    }
    if (OTHER_PLACES.test(line)) this.#hasOthers = true
    else this.#frame(line)
  }

  #frame(line: string): void {
    const text = line.trim()
    const frames = this.#frames
    if (frames === undefined || text === '') return
    const last = frames.at(-1)
    const at = /^at (.+):(\d+)$/.exec(text)
    if (at !== null && last !== undefined) Object.assign(last, { file: at[1]!, line: asLine(at[2]!) })
    else if (text.startsWith('in ') && last !== undefined) last.file ??= text.slice(3)
    else frames.push({ functionName: text })
  }

  #finish(): void {
    const place = this.#place
    const section = this.#section
    this.#place = undefined
    this.#frames = undefined
    const ways = this.#ways
    this.#ways = []
    const hasOthers = this.#hasOthers
    this.#hasOthers = false
    if (place === undefined || section === undefined || !Number.isFinite(place.value)) return
    this.#listed.set(section.column, (this.#listed.get(section.column) ?? 0) + place.value)
    let left = place.value
    for (const [index, { value, frames }] of ways.entries()) {
      // the last of all ways has the rest, whatever rounding made of it
      const part = index === ways.length - 1 && !hasOthers ? left : value
      if (!Number.isFinite(part)) continue
      this.#add([...place.frames, ...frames], { [section.column]: part })
      left -= part
    }
    if (left !== 0) this.#add(place.frames, { [section.column]: left })
  }

  /** `frames`: innermost first. */
  #add(frames: readonly Frame[], values: SiteValues): void {
    const first = frames.findIndex((frame) => !isAllocator(frame))
    this.#builder.add(this.#builder.stack(frames.slice(Math.max(0, first)).toReversed()), values)
  }

  profile(): AllocationProfile {
    this.#finish()
    const told: Record<Column, number | undefined> = {
      allocatedCount: this.#totals.get('calls to allocation functions'),
      peakBytes: this.#totals.get('peak heap memory consumption'),
      liveBytes: this.#totals.get('total memory leaked'),
    }
    for (const [column, listed] of this.#listed) {
      const rest = (told[column] ?? 0) - listed
      // within the rounding of the places listed there is nothing left
      if (rest > 0.01 * Math.abs(listed)) this.#builder.add(this.#builder.stack([{ functionName: '(places not listed by heaptrack_print)' }]), { [column]: rest })
    }
    if (this.#totals.size === 0) addNotice(this.#source, { code: 'cut', message: 'the text ends before its totals' })
    if (!this.#listed.has('liveBytes')) addNotice(this.#source, { code: 'no-leaks-listed', message: 'where the leaked memory was allocated is not in this text: heaptrack_print --print-leaks 1 FILE, or read the heaptrack file itself' })
    addNotice(this.#source, { code: 'rounded', message: 'heaptrack_print prints rounded sizes; the heaptrack file has them to the byte' })
    return this.#builder.build({ unit: 'calls', totals: Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined && Number.isFinite(value))) })
  }
}

/** A number, and the letter of its unit, which counts in thousands. */
function sizeOf(match: RegExpExecArray | null): number {
  if (match === null) return Number.NaN
  return Math.round(Number(match[1]) * 1000 ** Math.max(0, UNITS.indexOf(match[2]!)))
}
