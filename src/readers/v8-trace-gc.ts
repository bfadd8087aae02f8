/**
 * V8's `--trace-gc` on stdout, with or without `--trace-gc-verbose` (space tables: recognized, not kept) and
 * `--trace-gc-nvp` (name=value pairs up to Node 24, JSON from Node 26). Read from src/heap/gc-tracer.cc's output of
 * Node 18 to 26:
 *
 *   [5120:0x2f5000]     39 ms: Scavenge 4.2 (5.5) -> 3.6 (7.5) MB, 1.04 / 0.00 ms  (average mu = 1.000, current mu = 1.000) allocation failure;
 *
 * used (committed) -> used (committed); MB are MiB. Worker isolates interleave: each isolate is a stream of its own.
 * After an out-of-memory error V8 repeats its last lines: a line seen already is passed over.
 */
import { ReadError } from '../base/errors.ts'
import { GC_NUMBERS, GENERATIONS } from '../model/gc-log.ts'
import { type Collection, GC_NUMBER_AT, GcLogBuilder } from '../model/gc-log-builder.ts'
import { addNotice, type Source } from '../model/source.ts'
import { bytesOf, isDigit, lineTemplate, matchLine, placeOf, textOf, WordNumbers } from './line-template.ts'
import type { Reader } from './reader.ts'
import { headText, lineRanges } from './text-lines.ts'

const TAG = /\[(\d+):(0x[0-9a-f]+)(?::\d+)?\]\s+/
/** Node 26 breaks its own line about the pool of pages. */
const BROKEN = /^, removed zone reservations: \d+/
const PAIRS = /\[(\d+):(0x[0-9a-f]+)(?::\d+)?\]\s+(\d+(?:\.\d+)?) ms: (pause=.*)$/
const RECORD = /\[(\d+):(0x[0-9a-f]+)(?::\d+)?\]\s+(\d+(?:\.\d+)?) ms: GC: (\{.*\})\s*$/
const BEGIN = lineTemplate('[#:0x')
const THIRD = lineTemplate(':#')
const TIME = lineTemplate('] # ms: ')
const SIZES = lineTemplate('# (#) -> # (#) MB, ')
const NEXT_FIELD = bytesOf(', ')
const PAUSE = lineTemplate('# / # ms')
const UTILIZATION = bytesOf('current mu = ')
const OPENING = bytesOf('[')
const CLOSING = bytesOf(')')
const MEBIBYTE = 1 << 20
/** How far back a repeated line is looked for: V8 repeats at most its last few. */
const REMEMBERED = 64

export const v8TraceGc: Reader<'gc-log'> = {
  format: 'v8-trace-gc',
  title: 'V8, --trace-gc (plain, verbose, nvp), Node 18–26',
  makes: 'gc-log',

  recognize(head) {
    const text = headText(head)
    const classic = new ClassicLine(new GcLogBuilder({ name: '', format: '', idsAreStable: false, notices: [] }))
    for (const line of text.split('\n')) {
      const bytes = bytesOf(line)
      if (classic.read(bytes, 0, bytes.length) || PAIRS.test(line) || RECORD.test(line)) return 'certain'
    }
    return /^\[\d+:0x[0-9a-f]+(?::\d+)?\]\s/m.test(text) ? 'likely' : 'no'
  },

  async read(input, run) {
    const source: Source = { name: input.name, format: this.format, runtime: 'v8', idsAreStable: false, notices: [] }
    const builder = new GcLogBuilder(source)
    const classic = new ClassicLine(builder)
    const seen = new SeenLines()
    let line = 0
    for await (const { bytes, begins, ends } of lineRanges(input, this.format, run)) {
      for (let index = 0; index < begins.length; index++) {
        line++
        const begin = begins[index]!
        const end = ends[index]!
        if (classic.read(bytes, begin, end)) {
          builder.recognized()
          if (seen.again(classic.numbers[GC_NUMBER_AT.startMs]!, classic.numbers[GC_NUMBER_AT.usedBeforeBytes]!, classic.numbers[GC_NUMBER_AT.usedAfterBytes]!, classic.stream)) tellRepeated(source, line)
          else builder.addNumbers(classic.generation, classic.cause, classic.stream, classic.numbers)
          continue
        }
        if (begin === end) continue
        const words = textOf(bytes, begin, end)
        const collection = words.includes(':0x') && words.includes(' ms: ') ? readPairs(words) ?? readRecord(words) : undefined
        if (collection !== undefined || TAG.test(words) || BROKEN.test(words)) builder.recognized()
        else builder.other(line)
        if (collection === undefined) continue
        if (seen.again(collection.startMs!, collection.usedBeforeBytes!, collection.usedAfterBytes!, builder.stream(collection.stream!))) tellRepeated(source, line)
        else builder.add(collection)
      }
    }
    if (builder.collectionCount === 0) {
      throw new ReadError({
        file: input.name,
        format: this.format,
        position: { kind: 'line', line: Math.max(1, line) },
        expected: 'a line `[pid:isolate] 39 ms: Scavenge …`',
        found: 'none in the whole file',
        hint: 'Start the program with node --trace-gc; the lines go to stdout.',
      })
    }
    return builder.build({ collector: 'v8' })
  },
}

function tellRepeated(source: Source, line: number): void {
  addNotice(source, { code: 'repeated-lines', message: 'lines that V8 repeats after an out-of-memory error were counted once', firstAt: `line ${line}` })
}

/** One line of the plain form, wherever in a line it begins: programs write to stdout, too. */
class ClassicLine {
  generation = 0
  cause = 0
  stream = 0
  /** As `GcLogBuilder.addNumbers` takes them. */
  readonly numbers = new Float64Array(GC_NUMBERS.length).fill(Number.NaN)
  readonly #told = new Float64Array(8)
  readonly #kinds = new WordNumbers((kind) => GENERATIONS.indexOf(generationOf(kind)))
  readonly #streams: WordNumbers
  readonly #causes: WordNumbers

  constructor(builder: GcLogBuilder) {
    this.#streams = new WordNumbers((name) => builder.stream(name))
    this.#causes = new WordNumbers((rest) => builder.text(reasonIn(rest)))
  }

  read(bytes: Uint8Array, begin: number, end: number): boolean {
    for (let from = begin; from >= 0; from = placeOf(OPENING, bytes, from + 1, end)) if (this.#readFrom(bytes, from, end)) return true
    return false
  }

  #readFrom(bytes: Uint8Array, from: number, end: number): boolean {
    const told = this.#told
    let at = matchLine(BEGIN, bytes, from, end, told)
    if (at < 0) return false
    while (at < end && isHex(bytes[at]!)) at++
    const isolateEnds = at
    if (bytes[at] === 58 /* : */) at = matchLine(THIRD, bytes, at, end, told)
    at = at < 0 ? at : matchLine(TIME, bytes, at, end, told)
    if (at < 0) return false
    const kindBegins = at
    while (at < end && isOfKind(bytes[at]!)) at++
    if (at === kindBegins || bytes[at - 1] !== 32) return false
    const kindEnds = at - 1
    at = matchLine(SIZES, bytes, at, end, told, 1)
    // What versions put between: `pooled: 0 MB, ` since Node 24.
    while (at >= 0 && at < end && !isDigit(bytes[at]!)) {
      const next = placeOf(NEXT_FIELD, bytes, at, end)
      at = next < 0 ? -1 : next + NEXT_FIELD.length
    }
    at = at < 0 ? at : matchLine(PAUSE, bytes, at, end, told, 5)
    if (at < 0) return false
    const utilization = placeOf(UTILIZATION, bytes, at, end)
    const behind = utilization < 0 ? at : placeOf(CLOSING, bytes, utilization, end) + 1
    this.generation = this.#kinds.number(bytes, kindBegins, kindEnds)
    this.stream = this.#streams.number(bytes, from + 1, isolateEnds)
    this.cause = this.#causes.number(bytes, Math.max(at, behind), end)
    const numbers = this.numbers
    numbers[GC_NUMBER_AT.startMs] = told[0]!
    numbers[GC_NUMBER_AT.pauseMs] = told[5]!
    numbers[GC_NUMBER_AT.usedBeforeBytes] = told[1]! * MEBIBYTE
    numbers[GC_NUMBER_AT.usedAfterBytes] = told[3]! * MEBIBYTE
    numbers[GC_NUMBER_AT.committedAfterBytes] = told[4]! * MEBIBYTE
    return true
  }
}

function isHex(code: number): boolean {
  return isDigit(code) || (code >= 97 && code <= 102)
}

/** Letters, blanks, brackets and hyphens: `Mark-Compact (reduce) `. */
function isOfKind(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 32 || code === 45 || code === 40 || code === 41
}

/** The last lines, to know one that comes again: it has no later time than the latest, and the same sizes. */
class SeenLines {
  readonly #recent = new Float64Array(4 * REMEMBERED).fill(Number.NaN)
  #next = 0
  #latestMs = 0

  /** Whether a line was seen; if not, it now is. */
  again(startMs: number, before: number, after: number, stream: number): boolean {
    const recent = this.#recent
    if (startMs <= this.#latestMs) {
      for (let at = 0; at < recent.length; at += 4) if (recent[at] === startMs && recent[at + 1] === before && recent[at + 2] === after && recent[at + 3] === stream) return true
    } else this.#latestMs = startMs
    const at = 4 * (this.#next++ % REMEMBERED)
    recent[at] = startMs
    recent[at + 1] = before
    recent[at + 2] = after
    recent[at + 3] = stream
    return false
  }
}

/** What stands behind the times: after the incremental steps `(+ …)` and `(average mu = …, current mu = …)`. */
function reasonIn(rest: string): string {
  const utilization = rest.indexOf('current mu = ')
  const behind = utilization < 0 ? rest.replace(/\([^)]*\)/g, '') : rest.slice(rest.indexOf(')', utilization) + 1)
  return (/([^;()]+(?:;[^;]*)?);?\s*$/.exec(behind)?.[1] ?? '').trim().replace(/;$/, '').trimEnd()
}

function readPairs(text: string): Collection | undefined {
  const found = PAIRS.exec(text)
  if (found === null) return undefined
  const pairs = new Map<string, string>()
  for (const pair of found[4]!.split(' ')) {
    const equals = pair.indexOf('=')
    if (equals > 0) pairs.set(pair.slice(0, equals), pair.slice(equals + 1))
  }
  return fromFields(found, (name) => pairs.get(name))
}

function readRecord(text: string): Collection | undefined {
  const found = RECORD.exec(text)
  if (found === null) return undefined
  let record: Record<string, unknown>
  try {
    record = JSON.parse(found[4]!) as Record<string, unknown>
  } catch {
    return undefined // counted by the caller as a line it does not understand
  }
  return fromFields(found, (name) => {
    const value = record[name]
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
  })
}

/** Names differ by version: `total_size_before` up to Node 22, `start_object_size` from Node 24. */
function fromFields(found: RegExpExecArray, field: (name: string) => string | undefined): Collection | undefined {
  const kind = field('gc')
  if (kind === undefined) return undefined
  const number = (...names: string[]): number => {
    for (const name of names) {
      const value = Number.parseFloat(field(name) ?? '')
      if (Number.isFinite(value) && value >= 0) return value
    }
    return Number.NaN
  }
  return {
    generation: generationOf(kind),
    cause: field('reason') ?? '',
    startMs: Number(found[3]),
    pauseMs: number('pause'),
    usedBeforeBytes: number('start_object_size', 'total_size_before'),
    usedAfterBytes: number('end_object_size', 'total_size_after'),
    committedAfterBytes: number('end_memory_size'),
    promotedBytes: number('promoted'),
    goalBytes: number('old_gen_allocation_limit'),
    stream: `${found[1]}:${found[2]}`,
  }
}

/** `s`, `mmc`, `mms`, `Scavenge`, `Minor …` cover the young generation; every Mark-Compact (and `mc`, `ms`) the whole heap. */
function generationOf(kind: string): 'minor' | 'major' {
  return /^(?:s|mmc|mms|Scavenge\b.*|Minor\b.*)$/i.test(kind.trim()) ? 'minor' : 'major'
}
