import { expect, test } from 'vitest'
import { startRun } from '../base/run.ts'
import { procText } from './proc-text.ts'

const input = (text: string): Parameters<typeof procText.read>[0] => ({ name: 'log', async *chunks() { yield new TextEncoder().encode(text) } })
const status = (kib: number): string => `Name:\tserver\nUmask:\t0022\nPid:\t42\nVmRSS:\t  ${kib} kB\nRssAnon:\t  ${kib - 10} kB\n`
const mapping = (address: string, kib: number): string => `${address}-ffff00000000 rw-p 00000000 00:00 0    [heap]\nRss:   ${kib} kB\nPrivate_Clean:  1 kB\nPrivate_Dirty:  ${kib - 1} kB\nVmFlags: rd wr\n`

test('times in any of the usual spellings', async () => {
  const times = ['1795230121.5', '2026-11-21T03:02:02+00:00', '2026-11-21T05:02:03,250+0200', '2026-11-21 03:02:04']
  const series = await procText.read(input(times.map((time) => `${time}\n${status(100)}`).join('')), startRun())
  expect([...series.timeMs]).toEqual([1795230121500, 1795230122000, 1795230123250, 1795230124000])
  expect(series.process).toMatchObject({ pid: 42, command: 'server' })
})

test('a loop of smaps without times: an address that does not rise begins the next file', async () => {
  const series = await procText.read(input(mapping('00400000', 5) + mapping('7f0000000000', 7) + mapping('00400000', 5) + mapping('7f0000000000', 9)), startRun())
  expect(series.metrics.get('rss')).toEqual(Float64Array.of(12 * 1024, 14 * 1024))
  expect(series.metrics.get('uss')).toEqual(Float64Array.of(12 * 1024, 14 * 1024))
  expect([...series.timeMs]).toEqual([0, 1000])
  expect(series.source.notices.map(({ code }) => code)).toEqual(['no-clock'])
})

test('status and smaps of one tick are one sample, and status has the word on what both say', async () => {
  const series = await procText.read(input(`1795230121\n${status(100)}${mapping('00400000', 90)}1795230122\n${mapping('00400000', 91)}${status(101)}`), startRun())
  expect(series.metrics.get('rss')).toEqual(Float64Array.of(100 * 1024, 101 * 1024))
  expect(series.metrics.get('uss')).toEqual(Float64Array.of(90 * 1024, 91 * 1024))
})

test('a process that was gone leaves no sample', async () => {
  expect((await procText.read(input(`1795230121\n${status(100)}1795230122\n1795230123\n`), startRun())).sampleCount).toBe(1)
})

test('a line of /proc/PID/stat that is damaged is passed over at once', async () => {
  const line = `12 (a b) S ${'123456 '.repeat(40)}x`
  const started = performance.now()
  expect(procText.recognize(new TextEncoder().encode(line), 'stat')).toBe('no')
  expect(performance.now() - started).toBeLessThan(500)
})
