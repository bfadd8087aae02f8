import { expect, test } from 'vitest'
import { startRun } from '../base/run.ts'
import { bytesSource } from './bytes-source.ts'
import { openInput, recognizeInput } from './open.ts'
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

test('a reader that was asked for says what it expected at the first byte, and what it found', async () => {
  const source = bytesSource('notes.txt', new TextEncoder().encode('{"name":"some notes"}'))
  await expect(openInput(source, startRun(), { format: 'hprof' })).rejects.toThrow('notes.txt: hprof: byte 0: expected "JAVA PROFILE 1.0.", found "{"name":"some not"')
})

test('a file of another kind than the one asked for is called by its name, with the command that reads it', async () => {
  const snapshot = bytesSource('a.heapsnapshot', new TextEncoder().encode('{"snapshot":{"meta":{"node_fields":["type"]}}}'))
  await expect(recognizeInput(snapshot, { makes: ['gc-log'] })).rejects.toThrow('a.heapsnapshot: v8-heapsnapshot: expected a GC log, found a heap snapshot')
})
