import { expect, test } from 'vitest'
import { startRun } from '../base/run.ts'
import { bytesSource } from './bytes-source.ts'
import { readingsTar } from './readings-tar.ts'

/** A tar archive (ustar) of these files. */
function tar(files: Record<string, string>): Uint8Array {
  const blocks: Uint8Array[] = []
  const encoder = new TextEncoder()
  for (const [path, text] of Object.entries(files)) {
    const header = new Uint8Array(512)
    const content = encoder.encode(text)
    header.set(encoder.encode(path), 0)
    header.set(encoder.encode(content.length.toString(8).padStart(11, '0')), 124)
    header[156] = 0x30
    header.set(encoder.encode('ustar\u000000'), 257)
    const padded = new Uint8Array(Math.ceil(content.length / 512) * 512)
    padded.set(content)
    blocks.push(header, padded)
  }
  return new Uint8Array(blocks.concat(new Uint8Array(1024)).flatMap((block) => [...block]))
}

const read = (bytes: Uint8Array): ReturnType<typeof readingsTar.read> => readingsTar.read(bytesSource('x.tar', bytes), startRun())

test('readings come in the order of their numbers, with the limit and names of cgroup version 1', async () => {
  const series = await read(tar({
    't10/time': '1700000020\n',
    't10/cgroup/memory.usage_in_bytes': '300\n',
    't9/time': '1700000010\n',
    't9/cgroup/memory.usage_in_bytes': '200\n',
    't9/cgroup/memory.limit_in_bytes': '9223372036854771712\n',
    't9/cgroup/memory.stat': 'cache 1\ntotal_rss 150\n',
  }))
  expect([...series.timeMs]).toEqual([1700000010000, 1700000020000])
  expect([...series.metrics.get('cgroup-current')!]).toEqual([200, 300])
  expect([series.metrics.get('cgroup-anon')![0], series.limitBytes, series.source.notices]).toEqual([150, undefined, []])
})

test('uptime is finer than a clock of seconds; a process that has ended leaves the group', async () => {
  const series = await read(tar({
    'a/time': '1700000010.%N\n',
    'a/uptime': '100.25 1.0\n',
    'a/proc/statm': '100 50 10 1 0 40 0\n',
    'a/memory.current': '7\n',
    'b/time': '1700000010.%N\n',
    'b/uptime': '100.75 1.0\n',
    'b/proc/statm': '',
    'b/memory.current': '5\n',
  }))
  expect([...series.timeMs]).toEqual([1700000010000, 1700000010500])
  expect([...series.metrics.get('rss')!]).toEqual([50 * 4096, Number.NaN])
})

test('an archive of something else, and one that is cut, are told', async () => {
  await expect(read(tar({ 'src/main.c': 'int main;' }))).rejects.toThrow('found none in the archive')
  const whole = tar({ 'a/memory.current': '7\n', 'b/memory.current': '9\n' })
  const series = await read(whole.subarray(0, 1024 + 512 + 1))
  expect([series.sampleCount, series.source.notices.map(({ code }) => code)]).toEqual([1, ['cut', 'no-clock']])
})
