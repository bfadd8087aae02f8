import type { GcLog } from '../../model/gc-log.ts'
import type { MemorySeries } from '../../model/memory-series.ts'
import { MemorySeriesBuilder, type Sample } from '../../model/memory-series-builder.ts'

/**
 * A collector's log as memory over time, one sample a collection, so that it can be judged like any other recording and
 * stand beside what was measured from outside. The floor is what marking found alive or what a major collection left;
 * what a minor one left is `heap-live`, which still holds dead old objects.
 * Collections of one stream only; those without a time are left out.
 */
export function seriesOfGcLog(log: GcLog, collections: ArrayLike<number>): MemorySeries {
  const builder = new MemorySeriesBuilder(log.source, { runtime: log.source.runtime })
  if (log.heapLimitBytes !== undefined) builder.limit(log.heapLimitBytes)
  let counted = 0
  let majors = 0
  for (let row = 0; row < collections.length; row++) {
    const collection = collections[row]
    const isMajor = log.generation[collection] === 1
    const those = log.collections?.[collection] ?? 1
    counted += those
    if (isMajor) majors += those
    if (Number.isNaN(log.startMs[collection])) continue
    const live = log.liveBytes?.[collection] ?? Number.NaN
    const sample: Sample = {
      'heap-used': log.usedBeforeBytes[collection],
      'heap-live': log.usedAfterBytes[collection],
      'heap-floor': Number.isNaN(live) ? (isMajor ? log.usedAfterBytes[collection] : Number.NaN) : live,
      'heap-committed': log.committedAfterBytes[collection],
      'gc-count': counted,
      'gc-full-count': majors,
    }
    builder.add(log.startMs[collection], sample)
  }
  return builder.finish()
}
