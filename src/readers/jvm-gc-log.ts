/**
 * The JVM's unified GC log (`-Xlog:gc*`, JDK 9 and later): Serial, Parallel, CMS, G1, ZGC (one generation and two),
 * Shenandoah (one and two), Epsilon. Format: JEP 158 and 271, and each collector's `LogTarget`s as seen in JDK 11–25.
 *
 * A line is decorations in brackets, then often `GC(n) text`; lines of one n interleave with others, so rows are kept
 * by n (and by pid where it is a decoration) and filled in until the log ends:
 * - Serial, Parallel, G1, CMS: `Pause Young (Normal) (G1 Evacuation Pause) 6M->2M(34M) 3.355ms`; the exact K sizes of
 *   the `gc,heap` lines of the same n replace the rounded M ones where they agree with them.
 * - G1's and CMS's concurrent cycles are one row (mixed) with their pauses and concurrent phases added up.
 * - ZGC: `Garbage Collection (…) 24M(25%)->22M(23%)`, `Minor|Major Collection (…) … 0.050s`; pauses are lines of their own;
 *   the `Live:` row gives what marking found.
 * - Shenandoah has no summary: `Concurrent cleanup 37M->24M(39M) 2.404ms` gives the sizes, the cycle is one row.
 * - Epsilon never collects; its `Heap:` lines are recognized and no row comes of them.
 * Its lies: "used after" of the concurrent collectors includes what was allocated meanwhile.
 */
import { ReadError } from '../base/errors.ts'
import type { Generation } from '../model/gc-log.ts'
import { type Collection, GcLogBuilder } from '../model/gc-log-builder.ts'
import { addNotice, type Source } from '../model/source.ts'
import type { ByteSource, Reader } from './reader.ts'
import type { Run } from '../base/run.ts'
import { bytesOf, isDigit, isWordAt, textOf } from './line-template.ts'
import { headText, lineRanges } from './text-lines.ts'

const LEVELS = new Set(['trace', 'debug', 'info', 'warning', 'error'])
const SIZE = String.raw`(\d+(?:[.,]\d+)?)([BKMG])`
const PAUSE = new RegExp(String.raw`^Pause (\w[\w ]*?)((?: \(.*\))*?) ${SIZE}->${SIZE}\(${SIZE}\) ([\d.,]+)ms`)
const PAUSE_TIME = /^(?:[YyO]: )?Pause (.+?) ([\d.,]+)ms$/
const CONCURRENT_TIME = /^(?:[YyO]: )?Concurrent (.+?) ([\d.,]+)ms$/
const CLEANUP = new RegExp(String.raw`^Concurrent cleanup(?: \(\w+\))* ${SIZE}->${SIZE}\(${SIZE}\) ([\d.,]+)ms`)
const Z_SUMMARY = new RegExp(String.raw`^(Garbage Collection|Minor Collection|Major Collection) \((.*)\) ${SIZE}\(\d+%\)->${SIZE}\(\d+%\)(?: ([\d.,]+)s)?`)
const GENERATION_SIZES = new RegExp(String.raw`^(?:DefNew|Tenured|PSYoungGen|ParOldGen|PSOldGen|ParNew|CMS): (\d+)K(?:\(\d+K\))?->(\d+)K\((\d+)K\)`)
const HOST_NAME = /^[A-Za-z0-9][\w.-]*$/
/** What lines of the GC log say where they carry no tags. */
const GC_MESSAGE = /^(?:GC\(\d+\) |Using (?:G1|Serial|Parallel|Shenandoah|Epsilon|The Z|Concurrent Mark)|Initializing The Z|(?:Heap )?(?:Min|Max|Initial) Capacity: |CardTable entry size: |Min heap equals to max heap)/
const UNIT: Record<string, number> = { B: 1, K: 1 << 10, M: 1 << 20, G: 1 << 30 }
/** An open collection is forgotten when this many younger ones have begun. */
const OPEN_COLLECTIONS = 256

interface Decorations {
  uptimeMs: number
  wallMs: number
  /** Or the thread's number where it is the only one (`isLone`). */
  pid: string
  isLone: boolean
  isGc: boolean
  /** Where the message begins. */
  end: number
}

/** Exact sizes out of the generation lines of one collection, added up. */
interface Open {
  row: number
  beforeK: number
  afterK: number
  capacityK: number
  /** ZGC with generations: what stays young after the last young pass of this collection. */
  youngLiveBytes: number
}

export const jvmGcLog: Reader<'gc-log'> = {
  format: 'jvm-gc-log',
  title: 'JVM, -Xlog:gc* (JDK 9–25; Serial, Parallel, CMS, G1, ZGC, Shenandoah, Epsilon)',
  makes: 'gc-log',

  recognize(head) {
    return headText(head).split('\n').some((line) => decorationsOf(line)?.isGc === true) ? 'certain' : 'no'
  },

  read(input, run) {
    return new JvmGcLog(input).read(run)
  },
}

/** One reading of one log. */
class JvmGcLog {
  readonly #input: ByteSource
  readonly #source: Source
  readonly #builder: GcLogBuilder
  readonly #open = new Map<string, Open>()
  readonly #streams = new Map<string, { lastNumber: number; lastMs: number; runs: number }>()
  /** Single numbers of lines, with the process each belongs to; and those that a log began with. */
  readonly #processes = new Map<string, string>()
  readonly #begun = new Set<string>()
  #collector = 'jvm'
  #heapLimitBytes: number | undefined
  #firstWallMs = Number.NaN
  #trigger = ''
  #gcLines = 0

  constructor(input: ByteSource) {
    this.#input = input
    this.#source = { name: input.name, format: jvmGcLog.format, runtime: 'jvm', idsAreStable: false, notices: [] }
    this.#builder = new GcLogBuilder(this.#source)
  }

  async read(run: Run): ReturnType<Reader<'gc-log'>['read']> {
    let line = 0
    for await (const { bytes, begins, ends } of lineRanges(this.#input, jvmGcLog.format, run)) {
      for (let index = 0; index < begins.length; index++) {
        line++
        const begin = begins[index]!
        const end = ends[index]!
        // Most lines of a detailed log are phases and tables: one look at the message passes them over.
        if (isGcLineThatTellsNothing(bytes, begin, end)) {
          this.#builder.recognized()
          this.#gcLines++
        } else this.#line(textOf(bytes, begin, end), line)
      }
    }
    if (this.#gcLines === 0) {
      throw new ReadError({
        file: this.#input.name,
        format: jvmGcLog.format,
        position: { kind: 'line', line: Math.max(1, line) },
        expected: 'lines of the tag `gc`',
        found: 'none in the whole file',
        hint: 'Start the JVM with -Xlog:gc*:file=gc.log:time,uptime,level,tags.',
      })
    }
    if (this.#builder.collectionCount === 0) {
      addNotice(this.#source, {
        code: 'no-collections',
        message: this.#collector === 'Epsilon' ? 'Epsilon never collects: the log holds heap sizes only' : 'the log holds no collection',
      })
    }
    return this.#builder.build({ collector: this.#collector, heapLimitBytes: this.#heapLimitBytes })
  }

  #line(text: string, line: number): void {
    const at = decorationsOf(text)
    if (at === undefined) {
      if (text !== '') this.#builder.other(line)
      return
    }
    this.#builder.recognized()
    if (at.isGc) this.#gcLines++
    const message = text.slice(at.end)
    if (!message.startsWith('GC(')) {
      if (at.isGc) this.#settings(message, at)
      return
    }
    const close = message.indexOf(') ')
    const number = Number(message.slice(3, close))
    if (close < 0 || !Number.isInteger(number)) return
    this.#collection(message.slice(close + 2).trim(), number, at)
  }

  /** Lines about the whole JVM: the collector's name, the heap's limit, what triggers the next cycle. */
  #settings(message: string, at: Decorations): void {
    const using = /^(?:Using (?:The )?|Initializing The )(G1|Serial|Parallel|Concurrent Mark Sweep|CMS|Epsilon|Shenandoah|Z Garbage Collector)/.exec(message)
    if (using !== null) {
      const name = using[1]!
      if (at.isLone) {
        this.#begun.add(at.pid)
        this.#processes.set(at.pid, at.pid)
      }
      this.#collector = name === 'Z Garbage Collector' ? 'ZGC' : name === 'Concurrent Mark Sweep' ? 'CMS' : name
    }
    const limit = /^(?:Heap )?Max Capacity: (\d+)([BKMG])/.exec(message) ?? /Maximum heap (\d+)()/.exec(message)
    if (limit !== null) this.#heapLimitBytes = Number(limit[1]) * (UNIT[limit[2]!] ?? 1)
    const trigger = /^Trigger(?: \([^)]*\))?: (.*)/.exec(message)
    if (trigger !== null) this.#trigger = trigger[1]!
  }

  #collection(message: string, number: number, at: Decorations): void {
    const first = message.charCodeAt(0)
    const startMs = this.#timeOf(at)
    const pause = first === 80 ? PAUSE.exec(message) : null
    if (pause !== null) {
      this.#pause(pause, number, at, startMs)
      return
    }
    const cleanup = first === 67 ? CLEANUP.exec(message) : null
    if (cleanup !== null) {
      const row = this.#rowOf(number, at, startMs, { generation: shenandoahGeneration(message), cause: this.#trigger })
      if (Number.isNaN(this.#builder.number(row.row, 'usedBeforeBytes'))) this.#builder.change(row.row, { usedBeforeBytes: bytes(cleanup, 1) })
      this.#builder.change(row.row, { usedAfterBytes: bytes(cleanup, 3), committedAfterBytes: bytes(cleanup, 5) })
      this.#builder.increase(row.row, 'concurrentMs', decimal(cleanup[7]!))
      return
    }
    const summary = first === 71 || first === 77 ? Z_SUMMARY.exec(message) : null
    if (summary !== null) {
      const { row } = this.#rowOf(number, at, startMs, {})
      this.#builder.change(row, {
        generation: summary[1] === 'Minor Collection' ? 'minor' : 'major',
        cause: summary[2]!,
        usedBeforeBytes: bytes(summary, 3),
        usedAfterBytes: bytes(summary, 5),
      })
      if (this.#collector === 'jvm') this.#collector = 'ZGC'
      return
    }
    const time = PAUSE_TIME.exec(message)
    if (time !== null) {
      const { row } = this.#rowOf(number, at, startMs, { generation: generationOfPhase(time[1]!), cause: this.#trigger })
      this.#builder.increase(row, 'pauseMs', decimal(time[2]!))
      return
    }
    const concurrent = CONCURRENT_TIME.exec(message)
    if (concurrent !== null) {
      // The whole cycle's line repeats what its phases said.
      if (/^(?:Mark )?Cycle$|^Undo Cycle$/.test(concurrent[1]!)) return
      const { row } = this.#rowOf(number, at, startMs, { generation: generationOfPhase(concurrent[1]!), cause: this.#trigger })
      this.#builder.increase(row, 'concurrentMs', decimal(concurrent[2]!))
      return
    }
    const sizes = GENERATION_SIZES.exec(message)
    if (sizes !== null) {
      const row = this.#rowOf(number, at, startMs, {})
      row.beforeK += Number(sizes[1])
      row.afterK += Number(sizes[2])
      row.capacityK += Number(sizes[3])
      return
    }
    this.#zTable(message, number, at, startMs)
  }

  #pause(found: RegExpExecArray, number: number, at: Decorations, startMs: number): void {
    const kind = found[1]!
    const brackets = [...found[2]!.matchAll(/\(([^()]*(?:\(\))?[^()]*)\)/g)].map((match) => match[1]!)
    const isPhase = /^(?:Remark|Cleanup|Initial Mark|Init Mark|Final Mark|Init Update Refs|Final Update Refs)/.test(kind)
    const generation: Generation = kind.startsWith('Full') ? 'major' : isPhase ? 'mixed' : brackets.includes('Mixed') ? 'mixed' : kind.startsWith('Degenerated') ? 'major' : 'minor'
    const open = this.#rowOf(number, at, startMs, { generation })
    const pauseMs = decimal(found[9]!)
    const rounded = { before: bytes(found, 3), after: bytes(found, 5), capacity: bytes(found, 7) }
    // The generation lines are exact; they are this pause's own if they round to what it says.
    const exact = { before: open.beforeK * 1024, after: open.afterK * 1024, capacity: open.capacityK * 1024 }
    const agrees = Math.abs(exact.before - rounded.before) < 2 * UNIT['M']! && Math.abs(exact.after - rounded.after) < 2 * UNIT['M']!
    const sizes = open.capacityK > 0 && agrees ? exact : rounded
    open.beforeK = open.afterK = open.capacityK = 0
    const hasBefore = !Number.isNaN(this.#builder.number(open.row, 'usedBeforeBytes'))
    if (!isPhase || !hasBefore) this.#builder.change(open.row, { usedBeforeBytes: sizes.before })
    this.#builder.change(open.row, { usedAfterBytes: sizes.after, committedAfterBytes: sizes.capacity })
    if (!isPhase) this.#builder.change(open.row, { generation, cause: brackets.at(-1) ?? '' })
    // The line is written when the pause ends.
    if (!isPhase || !hasBefore) this.#builder.change(open.row, { startMs: Number.isNaN(startMs) ? startMs : Math.max(0, startMs - pauseMs) })
    this.#builder.increase(open.row, 'pauseMs', pauseMs)
    if (kind.startsWith('Full') && this.#collector === 'jvm' && brackets.some((bracket) => bracket.startsWith('G1'))) this.#collector = 'G1'
  }

  /** ZGC's table: `Live:` at mark end (one generation), or of the old part with what stays young; `Capacity:` at the end. */
  #zTable(message: string, number: number, at: Decorations, startMs: number): void {
    const live = /^(?:([YyO]): +)?Live:\s+-(.*)/.exec(message)
    if (live !== null) {
      if (live[1] === 'y') return // a minor collection marks the young part only
      const columns = [...live[2]!.matchAll(/(\d+)([KMG]) \(\d+%\)/g)].map((found) => Number(found[1]) * UNIT[found[2]!]!)
      const open = this.#rowOf(number, at, startMs, {})
      // Young objects that survive move to the old part, which counts them itself: only what stays young is added.
      if (live[1] === 'Y') open.youngLiveBytes = columns.at(-1) ?? 0
      else if (columns[0] !== undefined) this.#builder.change(open.row, { liveBytes: columns[0] + open.youngLiveBytes })
      return
    }
    const capacity = /^(?:[YyO]: +)?Capacity:(.*)/.exec(message)
    if (capacity === null) return
    const columns = [...capacity[1]!.matchAll(/(\d+)([KMG]) \(\d+%\)/g)]
    const end = columns[3] ?? columns.at(-1)
    if (end !== undefined) this.#builder.change(this.#rowOf(number, at, startMs, {}).row, { committedAfterBytes: Number(end[1]) * UNIT[end[2]!]! })
  }

  /** The row of collection `number`; a new one when it was not seen, or when the JVM was started again. */
  #rowOf(number: number, at: Decorations, startMs: number, begin: Partial<Collection>): Open {
    const stream = this.#streamOf(number, this.#processOf(at), startMs)
    const key = `${stream} ${number}`
    const known = this.#open.get(key)
    if (known !== undefined) return known
    const row = this.#builder.add({ generation: 'mixed', startMs, ...begin, stream })
    const open: Open = { row, beforeK: 0, afterK: 0, capacityK: 0, youngLiveBytes: 0 }
    this.#open.set(key, open)
    if (this.#open.size > OPEN_COLLECTIONS) {
      const oldest = this.#open.keys().next().value
      if (oldest !== undefined) this.#open.delete(oldest)
    }
    return open
  }

  /** Without a pid a JVM that starts again shows by its numbers and its clock both falling back. */
  #streamOf(number: number, pid: string, startMs: number): string {
    let state = this.#streams.get(pid)
    if (state === undefined) {
      state = { lastNumber: number, lastMs: startMs, runs: 1 }
      this.#streams.set(pid, state)
    }
    if (number < state.lastNumber - OPEN_COLLECTIONS / 8 || (number === 0 && state.lastNumber > 0 && startMs < state.lastMs)) {
      state.runs++
      state.lastNumber = number
      addNotice(this.#source, { code: 'restarted', message: 'the JVM was started again: its collections are kept apart' })
    }
    state.lastNumber = Math.max(state.lastNumber, number)
    state.lastMs = startMs
    return state.runs === 1 ? pid : `${pid} run ${state.runs}`
  }

  /**
   * A single number is the process or the thread. The thread that begins a log (`Using …`) is not the one that collects, so
   * a number that begins none belongs to the one that did.
   */
  #processOf({ pid, isLone }: Decorations): string {
    if (!isLone) return pid
    let process = this.#processes.get(pid)
    if (process === undefined) {
      process = this.#begun.size === 1 ? [...this.#begun][0]! : pid
      this.#processes.set(pid, process)
    }
    return process
  }

  #timeOf({ uptimeMs, wallMs }: Decorations): number {
    if (!Number.isNaN(uptimeMs)) return uptimeMs
    if (Number.isNaN(this.#firstWallMs)) this.#firstWallMs = wallMs
    return wallMs - this.#firstWallMs
  }
}

/**
 * The decorations of a line, each in brackets: a date, `0.062s`, `62ms`, plain numbers (pid or tid; or ns), a level,
 * tags. Undefined when the line does not begin with any that we know.
 */
function decorationsOf(line: string): Decorations | undefined {
  let end = 0
  let uptimeMs = Number.NaN
  let wallMs = Number.NaN
  let date = ''
  const numbers: string[] = []
  let isGc = false
  let known = false
  while (line.charCodeAt(end) === 91 /* [ */) {
    const close = line.indexOf(']', end)
    if (close < 0 || close - end > 200) break
    const text = line.slice(end + 1, close).trim()
    const first = text.charCodeAt(0)
    const last = text.charCodeAt(text.length - 1)
    if (first >= 48 && first <= 57) {
      if (last === 115 /* s */) {
        // `0.062s`, `62ms` or `62000000ns`; in the last two a number this big counts from the epoch
        const unit = text.charCodeAt(text.length - 2)
        const value = unit === 109 /* m */ ? Number(text.slice(0, -2)) : unit === 110 /* n */ ? Number(text.slice(0, -2)) / 1e6 : decimal(text.slice(0, -1)) * 1000
        if (Number.isNaN(value)) break
        if (value > 1e11) wallMs = value
        else uptimeMs = value
      } else if (text.charCodeAt(4) === 45 /* - */ && text.charCodeAt(10) === 84 /* T */) {
        date = text
      } else if (/^\d+$/.test(text)) numbers.push(text)
      else if (!HOST_NAME.test(text)) break
    } else if (LEVELS.has(text)) known = true
    else if (/^[a-z][a-z0-9]*(?:,\s*[a-z][a-z0-9]*)*$/.test(text)) {
      isGc ||= /^gc\b|,\s*gc\b/.test(text)
      known ||= isGc
    } else if (text === '') known = true // a message of several lines goes on
    else if (!HOST_NAME.test(text)) break
    end = close + 1
  }
  // Dates are dear to read, and the uptime that most logs have beside them is exact.
  if (date !== '' && Number.isNaN(uptimeMs)) wallMs = Date.parse(date.replace(',', '.').replace(/([+-]\d\d)(\d\d)$/, '$1:$2'))
  if (line.charCodeAt(end) === 32) end++
  // Where tags were left out, the message tells; where all decorations were, nothing else does.
  isGc ||= GC_MESSAGE.test(line.slice(end, end + 80))
  if (!isGc && !(known || !Number.isNaN(uptimeMs) || !Number.isNaN(wallMs))) return undefined
  // The order is fixed, so of two numbers the first is the process; a single one may be either.
  return { uptimeMs, wallMs, pid: numbers[0] ?? '', isLone: numbers.length === 1, isGc, end }
}

/** The letters that lines begin with which tell something of the whole JVM: Using, Initializing, Max or Heap Max Capacity, Trigger. */
const SETTING_LETTERS = new Set(bytesOf('UIMHT'))
/** The words a line must begin with to tell something of a collection; `Y:`, `y:` and `O:` stand before them in ZGC. */
const TELLING = ['Pause', 'Concurrent', 'Capacity', 'CMS:', 'Garbage', 'Minor', 'Major', 'DefNew', 'Tenured', 'PSYoungGen', 'PSOldGen', 'ParNew', 'ParOldGen', 'Live'].map(bytesOf)
const GC_NUMBER = bytesOf('GC(')
const OPENING = 91
const CLOSING = 93
const COLON = 58
const COMMA = 44
const SPACE = 32
const ROUND_CLOSING = 41
const LETTER_G = 103
const LETTER_C = 99

/** A line with a `gc` tag whose message is none that a row or a setting is made from. */
function isGcLineThatTellsNothing(bytes: Uint8Array, begin: number, end: number): boolean {
  let at = begin
  let isGc = false
  while (at < end && bytes[at] === OPENING) {
    if (bytes[at + 1] === LETTER_G && bytes[at + 2] === LETTER_C) {
      const next = bytes[at + 3]
      isGc ||= next === CLOSING || next === COMMA || next === SPACE
    }
    while (at < end && bytes[at] !== CLOSING) at++
    at++
  }
  if (!isGc || at >= end) return false
  if (bytes[at] === SPACE) at++
  if (!isWordAt(GC_NUMBER, bytes, at)) return !SETTING_LETTERS.has(bytes[at]!)
  at += GC_NUMBER.length
  while (at < end && isDigit(bytes[at]!)) at++
  if (bytes[at] !== ROUND_CLOSING) return false
  at++
  while (at < end && bytes[at] === SPACE) at++
  if (bytes[at + 1] === COLON /* Y: y: O: */) {
    at += 2
    while (at < end && bytes[at] === SPACE) at++
  }
  for (const word of TELLING) if (bytes[at] === word[0] && isWordAt(word, bytes, at)) return false
  return true
}

function shenandoahGeneration(text: string): Generation {
  if (/\(Young\)/i.test(text)) return 'minor'
  return /\(Old\)/i.test(text) ? 'mixed' : 'major'
}

/** What a phase tells of its cycle before any summary: Shenandoah's and ZGC's cycles cover the heap, G1's and CMS's do not compact it. */
function generationOfPhase(phase: string): Generation {
  if (/^(?:Init Mark|Final Mark|Final Roots|reset|marking|cleanup)/.test(phase)) return shenandoahGeneration(phase)
  return 'mixed'
}

function bytes(found: RegExpExecArray, group: number): number {
  return decimal(found[group]!) * UNIT[found[group + 1]!]!
}

/** A decimal number with a point, or with the comma of the locale the JVM ran in. */
function decimal(text: string): number {
  return Number(text.replace(',', '.'))
}
