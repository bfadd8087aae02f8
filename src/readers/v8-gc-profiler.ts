/**
 * What `new v8.GCProfiler().stop()` returns, saved as JSON (Node 18–26): sizes before and after each collection.
 * `cost` is in microseconds; entries carry no time of their own, so their starts are spread over the profile's span in
 * order and say no more than the order. IncrementalMarking entries overlap the MarkSweepCompact they belong to and
 * ProcessWeakCallbacks are no collections: both are passed over, with a notice.
 */
import { ReadError } from '../base/errors.ts'
import { GcLogBuilder } from '../model/gc-log-builder.ts'
import { addNotice, type Source } from '../model/source.ts'
import { asList, asNumber, asObject, asText, type Json, jsonInput } from './json-input.ts'
import type { Reader } from './reader.ts'
import { headText } from './text-lines.ts'

const GENERATION: Record<string, 'minor' | 'major'> = { Scavenge: 'minor', MinorMarkSweep: 'minor', MinorMarkCompact: 'minor', MarkSweepCompact: 'major' }

export const v8GcProfiler: Reader<'gc-log'> = {
  format: 'v8-gc-profiler',
  title: 'Node, v8.GCProfiler JSON',
  makes: 'gc-log',

  recognize(head) {
    const text = headText(head)
    return /^\s*\{/.test(text) && /"statistics"\s*:\s*\[/.test(text) && /"startTime"/.test(text) ? 'certain' : 'no'
  },

  async read(input, run) {
    const source: Source = { name: input.name, format: this.format, runtime: 'v8', idsAreStable: false, notices: [] }
    const profile = asObject(await jsonInput(input, this.format, run))
    const statistics = asList(profile?.['statistics'])
    if (profile === undefined || statistics === undefined) {
      throw new ReadError({ file: input.name, format: this.format, position: { kind: 'whole' }, expected: 'an object with a list `statistics`', found: 'none' })
    }
    const builder = new GcLogBuilder(source)
    const startMs = asNumber(profile['startTime']) ?? 0
    const spanMs = Math.max(0, (asNumber(profile['endTime']) ?? startMs) - startMs)
    let limit: number | undefined
    for (const [position, item] of statistics.entries()) {
      const entry = asObject(item)
      const generation = GENERATION[asText(entry?.['gcType']) ?? '']
      if (entry === undefined || generation === undefined) {
        addNotice(source, { code: 'no-collection', message: 'entries of incremental marking and weak callbacks belong to the collection they precede and were passed over', firstAt: `statistics[${position}]` })
        continue
      }
      const before = heap(entry['beforeGC'])
      const after = heap(entry['afterGC'])
      limit = after('heapSizeLimit') ?? limit
      builder.add({
        generation,
        startMs: (spanMs * position) / Math.max(1, statistics.length),
        pauseMs: size((asNumber(entry['cost']) ?? Number.NaN) / 1000),
        usedBeforeBytes: size(before('usedHeapSize')),
        usedAfterBytes: size(after('usedHeapSize')),
        committedAfterBytes: size(after('totalHeapSize')),
      })
    }
    return builder.build({ collector: 'v8', heapLimitBytes: limit })
  },
}

function heap(side: Json | undefined): (name: string) => number | undefined {
  const statistics = asObject(asObject(side)?.['heapStatistics'])
  return (name) => asNumber(statistics?.[name])
}

const size = (value: number | undefined): number => (value === undefined || value < 0 ? Number.NaN : value)
