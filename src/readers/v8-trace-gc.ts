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
import { type Collection, GcLogBuilder } from '../model/gc-log-builder.ts'
import { addNotice, type Source } from '../model/source.ts'
import type { Reader } from './reader.ts'
import { headText, lineBatches } from './text-lines.ts'

const TAG = /\[(\d+):(0x[0-9a-f]+)(?::\d+)?\]\s+/
const CLASSIC =
  /\[(\d+):(0x[0-9a-f]+)(?::\d+)?\]\s+(\d+(?:\.\d+)?) ms: ([A-Za-z][A-Za-z ()-]*?) ([\d.]+) \(([\d.]+)\) -> ([\d.]+) \(([\d.]+)\) MB, (?:pooled: [\d.]+ MB, )?([\d.]+) \/ ([\d.]+) ms(.*)$/
const PAIRS = /\[(\d+):(0x[0-9a-f]+)(?::\d+)?\]\s+(\d+(?:\.\d+)?) ms: (pause=.*)$/
const RECORD = /\[(\d+):(0x[0-9a-f]+)(?::\d+)?\]\s+(\d+(?:\.\d+)?) ms: GC: (\{.*\})\s*$/
const MEBIBYTE = 1 << 20
/** How far back a repeated line is looked for: V8 repeats at most its last few. */
const REMEMBERED = 64

export const v8TraceGc: Reader<'gc-log'> = {
  format: 'v8-trace-gc',
  title: 'V8, --trace-gc (plain, verbose, nvp), Node 18–26',
  makes: 'gc-log',

  recognize(head) {
    const text = headText(head)
    for (const line of text.split('\n')) if (CLASSIC.test(line) || PAIRS.test(line) || RECORD.test(line)) return 'certain'
    return /^\[\d+:0x[0-9a-f]+(?::\d+)?\]\s/m.test(text) ? 'likely' : 'no'
  },

  async read(input, run) {
    const source: Source = { name: input.name, format: this.format, runtime: 'v8', idsAreStable: false, notices: [] }
    const builder = new GcLogBuilder(source)
    const recent: Collection[] = []
    let latestMs = 0
    let line = 0
    for await (const { lines } of lineBatches(input, this.format, run)) {
      for (const text of lines) {
        line++
        if (!text.includes(':0x')) {
          if (text !== '') builder.other(line)
          continue
        }
        const collection = text.includes(' ms: ') ? readClassic(text) ?? readPairs(text) ?? readRecord(text) : undefined
        if (collection === undefined) {
          if (TAG.test(text)) builder.recognized()
          else builder.other(line)
          continue
        }
        builder.recognized()
        const { startMs = 0 } = collection
        // A repeated line has an older time; so has the line of another isolate, which differs in the rest.
        if (startMs <= latestMs && recent.some((each) => isSame(each, collection))) {
          addNotice(source, { code: 'repeated-lines', message: 'lines that V8 repeats after an out-of-memory error were counted once', firstAt: `line ${line}` })
          continue
        }
        latestMs = Math.max(latestMs, startMs)
        recent.push(collection)
        if (recent.length > REMEMBERED) recent.shift()
        builder.add(collection)
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

function readClassic(text: string): Collection | undefined {
  const found = CLASSIC.exec(text)
  if (found === null) return undefined
  const [, pid, isolate, at, kind, before, , after, committed, pause, , rest] = found
  return {
    generation: generationOf(kind!),
    cause: reasonIn(rest!),
    startMs: Number(at),
    pauseMs: Number(pause),
    usedBeforeBytes: Number(before) * MEBIBYTE,
    usedAfterBytes: Number(after) * MEBIBYTE,
    committedAfterBytes: Number(committed) * MEBIBYTE,
    stream: `${pid}:${isolate}`,
  }
}

/** What stands behind the times: after the incremental steps `(+ …)` and `(average mu = …, current mu = …)`. */
function reasonIn(rest: string): string {
  const utilization = rest.indexOf('current mu = ')
  const behind = utilization < 0 ? rest.replace(/\([^)]*\)/g, '') : rest.slice(rest.indexOf(')', utilization) + 1)
  return (/([^;()]+(?:;[^;]*)?);?\s*$/.exec(behind)?.[1] ?? '').trim().replace(/;$/, '').trimEnd()
}

function isSame(a: Collection, b: Collection): boolean {
  return a.startMs === b.startMs && a.usedBeforeBytes === b.usedBeforeBytes && a.usedAfterBytes === b.usedAfterBytes && a.stream === b.stream
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
