import { expect, test } from 'vitest'
import { startRun } from '../base/run.ts'
import type { MemorySeries } from '../model/memory-series.ts'
import { topBatch } from './top-batch.ts'

const input = (text: string): Parameters<typeof topBatch.read>[0] => ({ name: 'log', async *chunks() { yield new TextEncoder().encode(text) } })
const tick = (time: string, resident: string): string => `top - ${time} up 1 day,  0 users
MiB Mem :  24105.6 total,  17183.1 free

  PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND
   12 root      20   0   90000   8000    652 S   0.0   0.0   0:00.00 steady
 3140 root      20   0   ${resident}  ${resident}    652 S   0.0   0.0   0:00.00 node server.js

`

test('top counts the day on at midnight and says that it rounded', async () => {
  const series: MemorySeries = await topBatch.read(input(tick('23:59:59', '900000') + tick('00:00:01', '1.5g')), startRun())
  expect(series.process).toMatchObject({ pid: 3140, command: 'node server.js' })
  expect([...series.metrics.get('rss') ?? []]).toEqual([900000 * 1024, 1.5 * 2 ** 30])
  expect(series.timeMs[1]! - series.timeMs[0]!).toBe(2000)
  expect(series.source.notices.map(({ code }) => code)).toEqual(['rounded', 'other-processes'])
})
