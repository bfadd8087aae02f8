/**
 * Go's `GODEBUG=gctrace=1`, with `scavtrace=1` and `gcpacertrace=1` lines between (recognized, not kept).
 * Format: the runtime package's documentation, "Environment Variables". One line a collection, on stderr:
 *
 *   gc 23 @4.821s 6%: 0.040+1.8+0.014 ms clock, 0.080+0.1/1.7/0.3+0.028 ms cpu, 30->31->16 MB, 32 MB goal, 0 MB stacks, 0 MB globals, 2 P
 *
 * Versions: 1.5 and later; 1.18 added stacks and globals, fields that come after these are passed over, 1.26 may say `(checking for goroutine leaks)`.
 * Its lies: sizes are whole MiB, rounded down (a small heap reads 0); the percentage is since the start of the program;
 * there is no process id, so logs of several processes in one file are told apart by their counters, which each
 * rise by one.
 */
import { ReadError } from '../base/errors.ts'
import { GC_NUMBERS, GENERATIONS } from '../model/gc-log.ts'
import { GC_NUMBER_AT, GcLogBuilder } from '../model/gc-log-builder.ts'
import type { Source } from '../model/source.ts'
import { bytesOf, isWordAt, lineTemplate, matchLine, placeOf, textOf } from './line-template.ts'
import type { Reader } from './reader.ts'
import { headText, lineRanges } from './text-lines.ts'

/** Lines of the runtime that tell nothing of a collection: the scavenger's, the pacer's, the scheduler's. */
const NEIGHBOUR = /^(?:scav\w* |pacer: |SCHED |GC forced|\s*#|gc \d+ @.*(?:scan|scavenge)|.*MADV_|(?:\t| +)(?:[GMP]\d+|[a-z]\w*):)/
const MEBIBYTE = 1 << 20
const BEGIN = lineTemplate('gc # @#s #%')
const CLOCK = lineTemplate(': #+#+# ms clock, #+#')
const PARTS = lineTemplate('/#/#')
const SIZES = lineTemplate('+# ms cpu, #->#->#')
const GOAL = lineTemplate(' MB, # MB goal, ')
const STACKS = lineTemplate('# MB stacks, # MB globals, ')
const NEXT_FIELD = bytesOf(', ')
const PROCESSORS = lineTemplate('# P')
const FORCED = bytesOf(' (forced)')
const WORD = bytesOf('gc ')
const BRACKET = bytesOf(')')
const MAJOR = GENERATIONS.indexOf('major')
/** A process that was not heard of while this many others began is not looked for any more. */
const MOST_STREAMS = 256

/** A process's counter so far: the next of its lines carries `number + 1` and no earlier time. */
interface Stream {
  /** As the builder knows it. */
  id: number
  number: number
  startMs: number
}

export const goGctrace: Reader<'gc-log'> = {
  format: 'go-gctrace',
  title: 'Go runtime, GODEBUG=gctrace=1',
  makes: 'gc-log',

  recognize(head) {
    const text = headText(head)
    const collection = new GoLine()
    for (const line of text.split('\n')) {
      const bytes = bytesOf(line)
      if (collection.read(bytes, 0, bytes.length)) return 'certain'
    }
    return /^scav(?:enged)? (?:\d+ )?\d+ KiB work/m.test(text) ? 'likely' : 'no'
  },

  async read(input, run) {
    const source: Source = { name: input.name, format: this.format, runtime: 'go', idsAreStable: false, notices: [] }
    const builder = new GcLogBuilder(source)
    const streams = new Streams(builder)
    const goalReached = builder.text('goal reached')
    const forced = builder.text('forced')
    const collection = new GoLine()
    let line = 0
    for await (const { bytes, begins, ends } of lineRanges(input, this.format, run)) {
      for (let index = 0; index < begins.length; index++) {
        line++
        const begin = begins[index]!
        const end = ends[index]!
        if (collection.read(bytes, begin, end)) {
          builder.recognized()
          builder.addNumbers(MAJOR, collection.isForced ? forced : goalReached, streams.of(collection.number, collection.startMs), collection.numbers)
        } else if (begin < end) {
          if (NEIGHBOUR.test(textOf(bytes, begin, end))) builder.recognized()
          else builder.other(line)
        }
      }
    }
    if (builder.collectionCount === 0) {
      throw new ReadError({
        file: input.name,
        format: this.format,
        position: { kind: 'line', line: Math.max(1, line) },
        expected: 'a line `gc 1 @0.006s 2%: …`',
        found: 'none in the whole file',
        hint: 'Start the program with GODEBUG=gctrace=1; the lines go to stderr.',
      })
    }
    return builder.build({ collector: 'go' })
  },
}

/** One line `gc 23 @4.821s 6%: …`, wherever in a line it begins: programs write to stderr, too. */
class GoLine {
  number = 0
  startMs = 0
  isForced = false
  /** As `GcLogBuilder.addNumbers` takes them; Go's collector is not generational, so each cycle marks the whole heap. */
  readonly numbers = new Float64Array(GC_NUMBERS.length).fill(Number.NaN)
  readonly #told = new Float64Array(16)

  read(bytes: Uint8Array, begin: number, end: number): boolean {
    for (let from = begin; from >= 0; from = placeOf(WORD, bytes, from + 1, end)) if (this.#readFrom(bytes, from, end)) return true
    return false
  }

  #readFrom(bytes: Uint8Array, from: number, end: number): boolean {
    const told = this.#told
    let at = matchLine(BEGIN, bytes, from, end, told)
    if (at < 0) return false
    if (bytes[at] === 32) at = placeOf(BRACKET, bytes, at, end) + 1 // `(checking for goroutine leaks)`
    at = matchLine(CLOCK, bytes, at, end, told, 3)
    if (at < 0) return false
    // CPU as `a+assist/background/idle+b`, in old logs `a+mark+b`.
    const marksInParts = bytes[at] === 47 /* / */
    if (marksInParts) at = matchLine(PARTS, bytes, at, end, told, 8)
    at = at < 0 ? at : matchLine(SIZES, bytes, at, end, told, 10)
    at = at < 0 ? at : matchLine(GOAL, bytes, at, end, told, 14)
    if (at < 0) return false
    const numbers = this.numbers
    numbers[GC_NUMBER_AT.goalBytes] = told[14]! * MEBIBYTE
    const stacks = matchLine(STACKS, bytes, at, end, told, 14)
    numbers[GC_NUMBER_AT.stackBytes] = stacks < 0 ? Number.NaN : told[14]! * MEBIBYTE
    numbers[GC_NUMBER_AT.globalBytes] = stacks < 0 ? Number.NaN : told[15]! * MEBIBYTE
    at = Math.max(at, stacks)
    let behind = matchLine(PROCESSORS, bytes, at, end, told, 14)
    while (behind < 0) {
      // A newer version may tell more before the processors, as 1.18 did.
      at = placeOf(NEXT_FIELD, bytes, at, end)
      if (at < 0) return false
      at += NEXT_FIELD.length
      behind = matchLine(PROCESSORS, bytes, at, end, told, 14)
    }
    at = behind
    numbers[GC_NUMBER_AT.processors] = told[14]!
    this.isForced = at + FORCED.length <= end && isWordAt(FORCED, bytes, at)
    this.number = told[0]!
    this.startMs = told[1]! * 1000
    numbers[GC_NUMBER_AT.startMs] = this.startMs
    numbers[GC_NUMBER_AT.pauseMs] = told[3]! + told[5]!
    numbers[GC_NUMBER_AT.concurrentMs] = told[4]!
    numbers[GC_NUMBER_AT.cpuMs] = told[6]! + told[7]! + (marksInParts ? told[8]! : 0) + told[10]!
    numbers[GC_NUMBER_AT.assistCpuMs] = marksInParts ? told[7]! : Number.NaN
    numbers[GC_NUMBER_AT.usedBeforeBytes] = told[11]! * MEBIBYTE
    numbers[GC_NUMBER_AT.peakBytes] = told[12]! * MEBIBYTE
    numbers[GC_NUMBER_AT.usedAfterBytes] = told[13]! * MEBIBYTE
    numbers[GC_NUMBER_AT.liveBytes] = told[13]! * MEBIBYTE
    return true
  }
}

/** Which process wrote a line: the one whose counter it continues, else a new one. */
class Streams {
  readonly #builder: GcLogBuilder
  /** In the order in which they were heard last. */
  readonly #streams: Stream[] = []
  #started = 0

  constructor(builder: GcLogBuilder) {
    this.#builder = builder
  }

  of(number: number, startMs: number): number {
    const streams = this.#streams
    let found = -1
    // A cut or rotated log skips numbers: the last one heard that is behind in both goes on.
    let behind = -1
    for (let at = 0; at < streams.length && found < 0; at++) {
      const stream = streams[at]!
      if (stream.startMs > startMs) continue
      // Of two that stand at the same number the one that came to it first.
      if (stream.number + 1 === number) found = at
      else if (number > 1 && stream.number < number) behind = at
    }
    if (found < 0) found = behind
    if (found >= 0) {
      const stream = streams[found]!
      stream.number = number
      stream.startMs = startMs
      if (found < streams.length - 1) streams.push(...streams.splice(found, 1))
      return stream.id
    }
    const started = { id: this.#builder.stream(`process ${++this.#started}`), number, startMs }
    streams.push(started)
    if (streams.length > MOST_STREAMS) streams.shift()
    return started.id
  }
}
