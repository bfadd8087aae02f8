import { expect, test } from 'vitest'
import { startRun } from '../base/run.ts'
import { bytesSource } from './bytes-source.ts'
import { stackprof } from './stackprof.ts'

const read = (bytes: Uint8Array | string): ReturnType<typeof stackprof.read> => stackprof.read(bytesSource('x', typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes), startRun())

test('a profile of time is refused with the way to one of memory', async () => {
  await expect(read('{"version":1.2,"mode":"wall","interval":1000,"samples":3,"frames":{}}')).rejects.toMatchObject({ expected: "mode 'object'", found: "'wall'", hint: expect.stringMatching(/^That is a profile of time/) })
})

test("Ruby's own form is refused, since reading it could run code", async () => {
  const dump = Uint8Array.from([4, 8, 0x7b, 0x08, ...new TextEncoder().encode(':\fversionf\b1.2:\tmode:\vobject')])
  expect(stackprof.recognize(dump, 'x')).toBe('certain')
  await expect(read(dump)).rejects.toMatchObject({ hint: 'Make JSON of it: stackprof --json FILE > FILE.json' })
})

test('stacks that do not fit are told with their place', async () => {
  const withRaw = (raw: unknown): string => JSON.stringify({ mode: 'object', interval: 1, samples: 1, frames: { 7: { name: 'f' } }, raw })
  await expect(read(withRaw([3, 7, 1]))).rejects.toThrow('raw[0] to be the length of a stack')
  await expect(read(withRaw([1, 8, 1]))).rejects.toThrow('raw[1] to be one of frames')
  await expect(read(withRaw([1e9, 7, 1]))).rejects.toThrow('raw[0]')
})
