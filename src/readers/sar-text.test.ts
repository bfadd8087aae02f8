import { expect, test } from 'vitest'
import { startRun } from '../base/run.ts'
import { sarText } from './sar-text.ts'

const input = (text: string): Parameters<typeof sarText.read>[0] => ({ name: 'log', async *chunks() { yield new TextEncoder().encode(text) } })

test('sar with AM and PM, other tables beside that of memory, and an average', async () => {
  const text = `Linux 6.1 (host)

11:59:59 AM     CPU     %user     %idle
12:00:00 PM     all      1.00     99.00

11:59:59 AM kbmemfree kbmemused  %memused kbbuffers  kbcached
12:00:00 PM      1000       500     33.30        10        80
12:00:01 PM       900       600     40.00        10        80
Average:          950       550     36.65        10        80
`
  const series = await sarText.read(input(text), startRun())
  expect([...series.metrics.get('cgroup-current') ?? []]).toEqual([500 * 1024, 600 * 1024])
  expect(series.timeMs[0]).toBe(12 * 3_600_000)
})
