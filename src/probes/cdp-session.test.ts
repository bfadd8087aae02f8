import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { CdpSession } from './cdp-session.ts'

/** An inspector that answers as told. */
async function inspector(answer: (message: { id: number; method: string }, reply: (text: string) => void, drop: () => void) => void): Promise<{ url: string; close(): void }> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  server.on('connection', (socket) => socket.on('message', (data) => answer(JSON.parse((data as Buffer).toString()) as { id: number; method: string }, (text) => socket.send(text), () => socket.terminate())))
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() }
}

test('a connection that goes away fails every command that is still open', async () => {
  const { url, close } = await inspector(({ method }, _, drop) => {
    if (method === 'HeapProfiler.collectGarbage') drop()
  })
  const session = await CdpSession.open(url, { target: 'it' })
  const open = [session.send('HeapProfiler.getSamplingProfile'), session.send('Runtime.getHeapUsage'), session.send('HeapProfiler.collectGarbage')]
  for (const each of await Promise.allSettled(open)) expect(each).toMatchObject({ status: 'rejected', reason: { message: expect.stringMatching(/^it: .*the inspector is gone/) as string } })
  await expect(session.send('Runtime.getHeapUsage')).rejects.toThrow('the inspector is gone')
  close()
})

test('answers find their command, refusals are errors, events are heard until taken back', async () => {
  const { url, close } = await inspector(({ id, method }, reply) => {
    reply(JSON.stringify({ method: 'HeapProfiler.addHeapSnapshotChunk', params: { chunk: method } }))
    reply(JSON.stringify(method === 'HeapProfiler.disable' ? { id, error: { code: -1, message: 'not now' } } : { id, result: { usedSize: 7 } }))
  })
  const session = await CdpSession.open(url, { target: 'it' })
  const heard: string[] = []
  const off = session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => heard.push(chunk))
  expect(await session.send('Runtime.getHeapUsage')).toMatchObject({ usedSize: 7 })
  await expect(session.send('HeapProfiler.disable')).rejects.toThrow('it: HeapProfiler.disable: not now')
  off()
  await session.send('Runtime.getHeapUsage')
  expect(heard).toEqual(['Runtime.getHeapUsage', 'HeapProfiler.disable'])
  await session.close()
  close()
})

test('nobody at the address is an error that says where', async () => {
  await expect(CdpSession.open('ws://127.0.0.1:9/none', { target: 'it' })).rejects.toThrow(/it: connecting to its inspector: ws:\/\/127\.0\.0\.1:9\/none does not answer/)
})
