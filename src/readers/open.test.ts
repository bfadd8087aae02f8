import { expect, test } from 'vitest'
import { startRun } from '../base/run.ts'
import { openInput } from './open.ts'
import type { ByteSource } from './reader.ts'

test('an input nobody recognizes is closed again', async () => {
  let closed = 0
  const source: ByteSource = {
    name: 'noise',
    async *chunks() {
      try {
        for (;;) yield new Uint8Array(4096).fill(7)
      } finally {
        closed++
      }
    },
  }
  await expect(openInput(source, startRun())).rejects.toThrow('expected a format stillhere reads')
  expect(closed).toBe(1)
})
