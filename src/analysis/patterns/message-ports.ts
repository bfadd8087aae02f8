import { entryIs } from './held.ts'
import type { Pattern } from './pattern.ts'

export const messagePorts: Pattern = {
  id: 'message-ports-open',
  category: 'other',
  runtimes: ['v8'],
  title: 'message ports and workers that are never closed',
  proves: 'MessagePorts, BroadcastChannels or Workers become more each time.',
  disproves: 'A pool of workers that is reused.',
  why: 'An open port is held by the runtime from both ends; a worker has a heap of its own.',
  advice: 'Call `port.close()` and `worker.terminate()`, or use a pool.',
  example: {
    before: 'const { port1, port2 } = new MessageChannel()',
    after: 'const { port1, port2 } = new MessageChannel()\nport1.once(\'message\', () => port1.close())',
  },
  confidence: 'high',
  matches: (held) => entryIs(held, /MessagePort|BroadcastChannel|^Worker$|^MessageChannel$|SharedWorker/),
}
