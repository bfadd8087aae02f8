import { expect, test } from 'vitest'
import { startRun } from '../base/run.ts'
import type { MemorySeries } from '../model/memory-series.ts'
import { nodeReport } from './node-report.ts'

function read(text: string): Promise<MemorySeries> {
  const bytes = new TextEncoder().encode(text)
  return nodeReport.read({ name: 'report.json', async *chunks() { yield bytes } }, startRun())
}
const report = (atMs: number, usedMemory: number, more: object = {}, commandLine = ['node', '--max-old-space-size=48', 'app.js', '--token=s3cret']): object => ({
  header: { reportVersion: 5, dumpEventTimeStamp: String(atMs), processId: 7, commandLine, nodejsVersion: 'v24.1.0', host: 's3cret-host' },
  javascriptHeap: { usedMemory },
  resourceUsage: { rss: 9, constrained_memory: 18446744073709552000, total_memory: 100 },
  environmentVariables: { PASSWORD: 's3cret' },
  ...more,
})

test('nothing secret of a report is kept', async () => {
  const series = await read(JSON.stringify(report(1000, 5)))
  expect(JSON.stringify([series.source, series.process])).not.toContain('s3cret')
  expect(series.process.command).toBe('node app.js')
})

test('the code of --eval is not kept', async () => {
  expect((await read(JSON.stringify(report(1000, 5, {}, ['node', '-e', 'login("s3cret")'])))).process.command).toBe('node')
})

test('reports one behind the other are one series, a cut one is told', async () => {
  const whole = [report(2000, 6), report(1000, 5)].map((each) => JSON.stringify(each, undefined, 2)).join('\n')
  const series = await read(whole + JSON.stringify(report(3000, 7)).slice(0, -40))
  expect([...series.timeMs]).toEqual([1000, 2000])
  expect(series.metrics.get('heap-used')).toEqual(Float64Array.of(5, 6))
  expect(series.source.notices.map(({ code }) => code)).toEqual(['unknown-document', 'time-went-back'])
})

test('a limit is one that is less than what the machine has', async () => {
  const limited = (constrained_memory: number): object => report(1000, 5, { resourceUsage: { rss: 9, constrained_memory, total_memory: 100 } })
  const limits = await Promise.all([0, 64, 1.8446744073709552e19].map(async (bytes) => (await read(JSON.stringify(limited(bytes)))).limitBytes))
  expect(limits).toEqual([undefined, 64, undefined])
})
