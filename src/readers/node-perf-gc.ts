/**
 * `PerformanceObserver` entries of type `gc`, one JSON object a line (what a program logs of `perf_hooks`). Times and
 * kinds only: sizes are not in them. `kind`: 1 minor, 2 minor mark-sweep, 4 major, 8 incremental, 16 weak callbacks;
 * the last two are parts of others and passed over. Flag 4 of `flags`: forced.
 */
import { ReadError } from '../base/errors.ts'
import { GcLogBuilder } from '../model/gc-log-builder.ts'
import type { Source } from '../model/source.ts'
import { asNumber, asObject, type Json } from './json-input.ts'
import type { Reader } from './reader.ts'
import { headText, lineBatches } from './text-lines.ts'

const FORCED = 4

export const nodePerfGc: Reader<'gc-log'> = {
  format: 'node-perf-gc',
  title: 'Node, perf_hooks gc entries, one JSON object a line',
  makes: 'gc-log',

  recognize(head) {
    return /^\s*\{[^\n]*"entryType"\s*:\s*"gc"/m.test(headText(head)) ? 'certain' : 'no'
  },

  async read(input, run) {
    const source: Source = { name: input.name, format: this.format, runtime: 'v8', idsAreStable: false, notices: [] }
    const builder = new GcLogBuilder(source)
    let line = 0
    for await (const { lines } of lineBatches(input, this.format, run)) {
      for (const text of lines) {
        line++
        const entry = text.includes('"gc"') ? entryOf(text) : undefined
        const detail = asObject(entry?.['detail'])
        const kind = asNumber(detail?.['kind']) ?? asNumber(entry?.['kind'])
        if (entry === undefined || kind === undefined) {
          if (text !== '') builder.other(line)
          continue
        }
        builder.recognized()
        if (kind === 8 || kind === 16) continue
        const pauseMs = asNumber(entry['duration']) ?? Number.NaN
        const flags = asNumber(detail?.['flags']) ?? asNumber(entry['flags']) ?? 0
        builder.add({
          generation: kind === 4 ? 'major' : 'minor',
          cause: (flags & FORCED) === 0 ? '' : 'forced',
          startMs: asNumber(entry['startTime']) ?? Number.NaN,
          pauseMs: pauseMs >= 0 ? pauseMs : Number.NaN,
        })
      }
    }
    if (builder.collectionCount === 0) {
      throw new ReadError({ file: input.name, format: this.format, position: { kind: 'line', line: Math.max(1, line) }, expected: 'gc entries', found: 'none' })
    }
    return builder.build({ collector: 'v8' })
  },
}

function entryOf(text: string): ReturnType<typeof asObject> {
  try {
    return asObject(JSON.parse(text) as Json)
  } catch {
    return undefined // counted by the caller as a line it does not understand
  }
}
