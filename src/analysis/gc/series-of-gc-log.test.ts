import { expect, test } from 'vitest'
import { GcLogBuilder } from '../../model/gc-log-builder.ts'
import { seriesOfGcLog } from './series-of-gc-log.ts'

test('a collection is a sample: the floor only where the whole heap was looked at', () => {
  const builder = new GcLogBuilder({ name: 'drawn', format: 'drawn', idsAreStable: false, notices: [] })
  builder.add({ generation: 'minor', startMs: 0, usedBeforeBytes: 10, usedAfterBytes: 4 })
  builder.add({ generation: 'major', startMs: 1000, usedBeforeBytes: 12, usedAfterBytes: 3 })
  builder.add({ generation: 'major', startMs: 2000, usedBeforeBytes: 13, usedAfterBytes: 9, liveBytes: 5 })
  builder.add({ generation: 'minor', usedBeforeBytes: 1, usedAfterBytes: 1 })
  const series = seriesOfGcLog(builder.build({ collector: 'drawn', heapLimitBytes: 64 }), [0, 1, 2, 3])
  expect(Array.from(series.timeMs)).toEqual([0, 1000, 2000])
  expect(Array.from(series.metrics.get('heap-floor')!)).toEqual([Number.NaN, 3, 5])
  expect(Array.from(series.metrics.get('heap-live')!)).toEqual([4, 3, 9])
  expect(Array.from(series.metrics.get('gc-full-count')!)).toEqual([0, 1, 2])
  expect(series.limitBytes).toBe(64)
})
