/**
 * Go's `GODEBUG=gctrace=1`, with `scavtrace=1` and `gcpacertrace=1` lines between (recognized, not kept).
 * Format: the runtime package's documentation, "Environment Variables". One line a collection, on stderr:
 *
 *   gc 23 @4.821s 6%: 0.040+1.8+0.014 ms clock, 0.080+0.1/1.7/0.3+0.028 ms cpu, 30->31->16 MB, 32 MB goal, 0 MB stacks, 0 MB globals, 2 P
 *
 * Versions: 1.5 and later; 1.18 added stacks and globals, 1.26 may say `(checking for goroutine leaks)`.
 * Its lies: sizes are whole MiB, rounded down (a small heap reads 0); the percentage is since the start of the program;
 * there is no process id, so logs of several processes in one file are told apart by their counters, which each
 * rise by one.
 */
import { ReadError } from '../base/errors.ts'
import { type Collection, GcLogBuilder } from '../model/gc-log-builder.ts'
import type { Reader } from './reader.ts'
import { numbersIn } from './line-numbers.ts'
import { headText, lineRanges } from './text-lines.ts'

const COLLECTION =
  /gc \d+ @\d+(?:\.\d+)?s \d+%(?: \([^)\d]*\))?: [\d.]+\+[\d.]+\+[\d.]+ ms clock, [\d.]+\+[\d.]+(?:\/[\d.]+\/[\d.]+)?\+[\d.]+ ms cpu, \d+->\d+->\d+ MB, \d+ MB goal,(?: \d+ MB stacks, \d+ MB globals,)? \d+ P/
const NEIGHBOUR = /^(?:scav\w* |pacer: |SCHED |GC forced|\s*#|gc \d+ @.*(?:scan|scavenge)|.*MADV_)/
const MEBIBYTE = 1 << 20
/** A line has at most 18; what follows on the same line is not read. */
const MOST_NUMBERS = 18

/** A process's counter so far: the next of its lines carries `number + 1` and no earlier time. */
interface Stream {
  name: string
  number: number
  startMs: number
}

export const goGctrace: Reader<'gc-log'> = {
  format: 'go-gctrace',
  title: 'Go runtime, GODEBUG=gctrace=1',
  makes: 'gc-log',

  recognize(head) {
    const text = headText(head)
    if (COLLECTION.test(text)) return 'certain'
    return /^scav(?:enged)? (?:\d+ )?\d+ KiB work/m.test(text) ? 'likely' : 'no'
  },

  async read(input, run) {
    const source = { name: input.name, format: this.format, runtime: 'go', idsAreStable: false, notices: [] }
    const builder = new GcLogBuilder(source)
    const streams: Stream[] = []
    const numbers = new Float64Array(MOST_NUMBERS)
    let line = 0
    for await (const { text, begins, ends } of lineRanges(input, this.format, run)) {
      for (const [index, begin] of begins.entries()) {
        line++
        const end = ends[index]!
        const words = text.slice(begin, end)
        const from = words.includes(' ms clock, ') ? words.search(COLLECTION) : -1
        if (from >= 0) {
          builder.recognized()
          numbersIn(text, numbers, begin + from, end)
          builder.add(collectionOf(words.slice(from), numbers, streams))
        } else if (NEIGHBOUR.test(words)) builder.recognized()
        else if (words !== '') builder.other(line)
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

/** The line's numbers in their order; the parts that a version may lack are known by what stands beside them. */
function collectionOf(line: string, numbers: Float64Array, streams: Stream[]): Collection {
  const startMs = numbers[1]! * 1000
  const { name } = streamOf(streams, numbers[0]!, startMs)
  // After number, time, percentage and three of the clock: CPU as `a+assist/background/idle+b`, in old logs `a+mark+b`.
  const marksInParts = line.includes('/')
  const assistCpuMs = marksInParts ? numbers[7]! : Number.NaN
  const sizes = marksInParts ? 11 : 9
  const hasStacks = line.includes(' MB stacks')
  return {
    generation: 'major', // Go's collector is not generational: each cycle marks the whole heap
    cause: line.includes(' P (forced)') ? 'forced' : 'goal reached',
    startMs,
    pauseMs: numbers[3]! + numbers[5]!,
    concurrentMs: numbers[4]!,
    cpuMs: numbers[6]! + numbers[7]! + (marksInParts ? numbers[8]! : 0) + numbers[sizes - 1]!,
    assistCpuMs,
    usedBeforeBytes: numbers[sizes]! * MEBIBYTE,
    peakBytes: numbers[sizes + 1]! * MEBIBYTE,
    usedAfterBytes: numbers[sizes + 2]! * MEBIBYTE,
    liveBytes: numbers[sizes + 2]! * MEBIBYTE,
    goalBytes: numbers[sizes + 3]! * MEBIBYTE,
    stackBytes: hasStacks ? numbers[sizes + 4]! * MEBIBYTE : Number.NaN,
    globalBytes: hasStacks ? numbers[sizes + 5]! * MEBIBYTE : Number.NaN,
    processors: numbers[sizes + (hasStacks ? 6 : 4)]!,
    stream: name,
  }
}

/** The process a line belongs to: the one whose counter it continues, else a new one. */
function streamOf(streams: Stream[], number: number, startMs: number): Stream {
  const continued = streams.findLast((stream) => stream.number + 1 === number && stream.startMs <= startMs)
  // A cut or rotated log skips numbers: the youngest stream that is behind in both goes on.
  const resumed = continued ?? (number > 1 ? streams.findLast((stream) => stream.number < number && stream.startMs <= startMs) : undefined)
  if (resumed !== undefined) {
    resumed.number = number
    resumed.startMs = startMs
    return resumed
  }
  const started = { name: `process ${streams.length + 1}`, number, startMs }
  streams.push(started)
  return started
}
