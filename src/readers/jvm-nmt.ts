import { ReadError } from '../base/errors.ts'
import type { Run } from '../base/run.ts'
import type { AllocationProfile } from '../model/allocation-profile.ts'
import { AllocationProfileBuilder, type Frame } from '../model/allocation-profile-builder.ts'
import { addNotice, type Source } from '../model/source.ts'
import type { ByteSource, Reader, Recognition } from './reader.ts'
import { headText, lineBatches } from './text-lines.ts'

/**
 * Native Memory Tracking of HotSpot: `jcmd PID VM.native_memory summary|detail|summary.diff|detail.diff`, JDK 8 to 25,
 * in any scale. A profile by category; below a category by what it is made of (malloc, mmap, arena, thread stacks) and,
 * in a detail report, by call site. Live bytes are committed bytes; reserved address space is not memory.
 *
 * A report with differences is a format of its own: its values are what changed since the baseline, negative where
 * memory was given back. Left out: the map of virtual memory regions, numbers of classes, metaspace waste, peaks.
 * The format's lies: sizes are rounded to the scale; call sites below it are omitted and only counted.
 */
export const jvmNmt: Reader<'allocation-profile'> = {
  format: 'jvm-nmt',
  title: 'JVM native memory tracking (jcmd VM.native_memory)',
  makes: 'allocation-profile',
  recognize: (head) => recognize(head, 'state'),
  read: (input, run) => readReport(input, run, 'jvm-nmt'),
}

export const jvmNmtDiff: Reader<'allocation-profile'> = {
  format: 'jvm-nmt-diff',
  title: 'JVM native memory tracking, changes since a baseline',
  makes: 'allocation-profile',
  recognize: (head) => recognize(head, 'change'),
  read: (input, run) => readReport(input, run, 'jvm-nmt-diff'),
}

type Format = 'jvm-nmt' | 'jvm-nmt-diff'

const TOTAL = /^Total:\s+reserved=(\d+)([KMG]?B)?(?: ([+-]\d+)([KMG]?B)?)?, committed=(\d+)([KMG]?B)?(?: ([+-]\d+)([KMG]?B)?)?/m

function recognize(head: Uint8Array, wanted: 'state' | 'change'): Recognition {
  const text = headText(head)
  if (!text.includes('Native Memory Tracking:')) return 'no'
  const total = TOTAL.exec(text)
  // Where nothing changed a diff looks like a state; its header lines have no totals by malloc and mmap, though.
  const isChange = total !== null && (total[3] !== undefined || total[7] !== undefined || / [+-]\d+(?:[KMG]?B)?[,) ]/.test(text))
  if (total === null) return 'likely'
  return isChange === (wanted === 'change') ? 'certain' : 'no'
}

const CATEGORY = /^-\s+(.+?) \(reserved=(\d+)([KMG]?B)?(?: ([+-]\d+)([KMG]?B)?)?, committed=(\d+)([KMG]?B)?(?: ([+-]\d+)([KMG]?B)?)?[,)]/
const MALLOC = /^\s+\(\(?malloc=(\d+)([KMG]?B)?(?: (?:type|tag)=([^#+(-]+?))?(?: ([+-]\d+)([KMG]?B)?)?(?: #(\d+)(?: ([+-]\d+))?)?\)/
const ARENA = /^\s+\(\(?arena=(\d+)([KMG]?B)?(?: ([+-]\d+)([KMG]?B)?)? #(\d+)(?: ([+-]\d+))?\)/
const MAPPED = /^\s+\(\(?(mmap|stack): reserved=\d+(?:[KMG]?B)?(?: [+-]\d+(?:[KMG]?B)?)?, committed=(\d+)([KMG]?B)?(?: ([+-]\d+)([KMG]?B)?)?(?: (?:[Tt]ype|[Tt]ag)=([^),]+))?/
const SITE_MAPPED = /^\s+\(\(?(?:mmap: )?reserved=\d+(?:[KMG]?B)?(?: [+-]\d+(?:[KMG]?B)?)?, committed=(\d+)([KMG]?B)?(?: ([+-]\d+)([KMG]?B)?)? (?:[Tt]ype|[Tt]ag)=([^),]+)/
/** Some call sites of JDK 17's diff do not say their category; their amounts stay in the category's own. */
const UNTYPED = /^\s+\(\d+(?:[KMG]?B)?(?: [+-]\d+(?:[KMG]?B)?)? #\d+(?: [+-]\d+)?\)/
const FRAME = /^\[0x([0-9a-f]+)\]\s*(.*?)(?:\+0x[0-9a-f]+)?(?:\s+\((.*):(\d+)\))?\s*$/
const REGION = /^\s*\[0x[0-9a-f]+ - 0x[0-9a-f]+\]/

const SCALES: Record<string, number> = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 }
const MAX_FRAMES = 200

async function readReport(input: ByteSource, run: Run, format: Format): Promise<AllocationProfile> {
  const source: Source = { name: input.name, format, runtime: 'jvm', idsAreStable: false, sizeBytes: input.sizeBytes, notices: [] }
  const report = new Report(source, format === 'jvm-nmt-diff')
  for await (const { firstLine, lines } of lineBatches(input, format, run)) {
    for (const [index, line] of lines.entries()) report.line(line, firstLine + index)
  }
  return report.finish()
}

interface Category {
  name: string
  bytes: number
  parts: { name: string; bytes: number; count: number | undefined }[]
}

interface CallSite {
  type: string
  kind: 'malloc' | 'mmap'
  bytes: number
  count: number | undefined
  /** Innermost first. */
  frames: Frame[]
}

class Report {
  readonly #source: Source
  readonly #isChange: boolean
  readonly #categories: Category[] = []
  readonly #sites: CallSite[] = []
  #total: number | undefined
  #stack: Frame[] = []
  #isRegion = false
  #inParts = false
  #seen = false

  constructor(source: Source, isChange: boolean) {
    this.#source = source
    this.#isChange = isChange
  }

  line(line: string, number: number): void {
    if (line.startsWith('Total:')) {
      this.#seen = true
      const total = TOTAL.exec(line)
      if (total !== null) this.#total = this.#amount(total[5]!, total[6], total[7], total[8])
      return
    }
    const category = CATEGORY.exec(line)
    if (category !== null) {
      this.#seen = true
      this.#inParts = true
      this.#categories.push({ name: category[1]!, bytes: this.#amount(category[6]!, category[7], category[8], category[9]), parts: [] })
      return
    }
    if (REGION.test(line)) {
      this.#isRegion = true
      this.#stack = []
      return
    }
    const frame = FRAME.exec(line)
    if (frame !== null) {
      if (this.#stack.length >= MAX_FRAMES) return
      const [, address, name, file, at] = frame
      this.#stack.push({ functionName: name === '' ? `0x${address}` : name!, file, line: at === undefined ? undefined : Number(at) })
      return
    }
    if (line.trim() === '') {
      this.#stack = []
      this.#isRegion = false
      return
    }
    if (this.#stack.length > 0) return this.#callSite(line, number)
    if (this.#inParts) this.#part(line)
  }

  #part(line: string): void {
    const category = this.#categories.at(-1)!
    const malloc = MALLOC.exec(line)
    const arena = malloc === null ? ARENA.exec(line) : null
    const mapped = malloc === null && arena === null ? MAPPED.exec(line) : null
    if (malloc !== null) category.parts.push({ name: 'malloc', bytes: this.#amount(malloc[1]!, malloc[2], malloc[4], malloc[5]), count: this.#count(malloc[6] ?? '0', malloc[7]) })
    else if (arena !== null) category.parts.push({ name: 'arena', bytes: this.#amount(arena[1]!, arena[2], arena[3], arena[4]), count: this.#count(arena[5]!, arena[6]) })
    else if (mapped !== null) category.parts.push({ name: mapped[1] === 'stack' ? 'thread stacks' : 'mmap', bytes: this.#amount(mapped[2]!, mapped[3], mapped[4], mapped[5]), count: undefined })
    // Shares of what was already counted: metaspace, class space.
    else if (/Metadata|Class space/.test(line)) this.#inParts = false
  }

  #callSite(line: string, number: number): void {
    if (this.#isRegion) return
    const malloc = MALLOC.exec(line)
    const mapped = malloc === null ? SITE_MAPPED.exec(line) : null
    const frames = this.#stack
    if (malloc !== null) {
      this.#sites.push({ type: malloc[3]?.trim() ?? 'unknown', kind: 'malloc', bytes: this.#amount(malloc[1]!, malloc[2], malloc[4], malloc[5]), count: this.#count(malloc[6] ?? '0', malloc[7]), frames })
    } else if (mapped !== null) {
      this.#sites.push({ type: mapped[5]!.trim(), kind: 'mmap', bytes: this.#amount(mapped[1]!, mapped[2], mapped[3], mapped[4]), count: undefined, frames })
    } else if (!UNTYPED.test(line)) addNotice(this.#source, { code: 'unknown-line', message: 'a line behind a stack is no amount', firstAt: `line ${number}` })
    this.#stack = []
  }

  finish(): AllocationProfile {
    const source = this.#source
    if (!this.#seen) throw new ReadError({ file: source.name, format: source.format, position: { kind: 'whole' }, expected: 'a "Total: reserved=…" line or categories', found: 'neither' })
    const builder = new AllocationProfileBuilder(source)
    builder.add(0, { liveBytes: 0, liveCount: 0 })
    for (const { name, bytes, parts } of this.#categories) {
      const root: Frame = { functionName: name }
      const ofSites = new Map<string, number>()
      for (const site of this.#sites) {
        if (site.type !== name && !(site.type === 'Thread Stack' && name === 'Thread')) continue
        const kind = site.type === 'Thread Stack' ? 'thread stacks' : site.kind
        ofSites.set(kind, (ofSites.get(kind) ?? 0) + site.bytes)
        builder.add(builder.stack([root, { functionName: `[${kind}]` }, ...site.frames.toReversed()]), { liveBytes: site.bytes, ...(site.count === undefined ? {} : { liveCount: site.count }) })
      }
      let rest = bytes
      for (const part of parts) {
        rest -= part.bytes
        // What the call sites explain is theirs; several parts may round differently.
        const unexplained = part.bytes - (ofSites.get(part.name) ?? 0)
        const isListed = ofSites.has(part.name)
        builder.add(builder.stack([root, { functionName: `[${part.name}]` }]), { liveBytes: unexplained, ...(part.count === undefined || isListed ? {} : { liveCount: part.count }) })
      }
      for (const [kind, explained] of ofSites) if (!parts.some((part) => part.name === kind)) rest -= explained
      builder.add(builder.stack([root]), { liveBytes: rest })
    }
    if (this.#isChange) addNotice(source, { code: 'difference', message: 'values are changes since the baseline: negative ones were given back' })
    // the categories are rounded to the scale one by one
    return builder.build({ unit: 'blocks', totals: this.#total === undefined ? undefined : { liveBytes: this.#total } })
  }

  /** The amount, or in a diff its change; without one nothing changed. */
  #amount(value: string, unit: string | undefined, change: string | undefined, changeUnit: string | undefined): number {
    // JDK 8 to 17 leave the unit out of the change of an arena: `(arena=27KB +7 #48 +12)`.
    return this.#isChange ? Number(change ?? 0) * (SCALES[changeUnit ?? unit ?? 'B'] ?? 1) : Number(value) * (SCALES[unit ?? 'B'] ?? 1)
  }

  #count(value: string, change: string | undefined): number {
    return this.#isChange ? Number(change ?? 0) : Number(value)
  }
}
