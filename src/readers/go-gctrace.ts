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
import { GcLogBuilder } from '../model/gc-log-builder.ts'
import type { Reader } from './reader.ts'
import { headText, lineBatches } from './text-lines.ts'

const COLLECTION =
  /gc (\d+) @(\d+(?:\.\d+)?)s (\d+)%(?: \([^)]*\))?: ([\d.]+)\+([\d.]+)\+([\d.]+) ms clock, ([\d.]+)\+([\d.]+)(?:\/([\d.]+)\/([\d.]+))?\+([\d.]+) ms cpu, (\d+)->(\d+)->(\d+) MB, (\d+) MB goal,(?: (\d+) MB stacks, (\d+) MB globals,)? (\d+) P( \(forced\))?/
const NEIGHBOUR = /^(?:scav\w* |pacer: |SCHED |GC forced|\s*#|gc \d+ @.*(?:scan|scavenge)|.*MADV_)/
const MEBIBYTE = 1 << 20

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
    let line = 0
    for await (const { lines } of lineBatches(input, this.format, run)) {
      for (const text of lines) {
        line++
        const found = text.includes(' ms clock, ') ? COLLECTION.exec(text) : null
        if (found === null) {
          if (NEIGHBOUR.test(text)) builder.recognized()
          else if (text !== '') builder.other(line)
          continue
        }
        builder.recognized()
        const number = (group: number): number => Number(found[group] ?? Number.NaN)
        const startMs = number(2) * 1000
        const stream = streamOf(streams, number(1), startMs)
        const cpuMs = [7, 8, 9, 11].reduce((sum, group) => sum + (Number.isNaN(number(group)) ? 0 : number(group)), 0)
        builder.add({
          generation: 'major', // Go's collector is not generational: each cycle marks the whole heap
          cause: found[19] === undefined ? 'goal reached' : 'forced',
          startMs,
          pauseMs: number(4) + number(6),
          concurrentMs: number(5),
          cpuMs,
          assistCpuMs: number(8),
          usedBeforeBytes: number(12) * MEBIBYTE,
          peakBytes: number(13) * MEBIBYTE,
          usedAfterBytes: number(14) * MEBIBYTE,
          liveBytes: number(14) * MEBIBYTE,
          goalBytes: number(15) * MEBIBYTE,
          stackBytes: number(16) * MEBIBYTE,
          globalBytes: number(17) * MEBIBYTE,
          processors: number(18),
          stream: stream.name,
        })
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
