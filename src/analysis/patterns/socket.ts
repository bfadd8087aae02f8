import { hasClass, hasEdge } from './held.ts'
import type { Pattern } from './pattern.ts'

const SOCKET = /^(Node \/ (TCPSocketWrap|TLSWrap|PipeWrap)|Socket|TLSSocket|WebSocket|ServerHttp2Session|ServerHttp2Stream|TCP|TLSWrap|Pipe|ClientRequest|ClientHttp2Session|ClientHttp2Stream|UDP|HTTPParser|HTTPINCOMINGMESSAGE|HTTPCLIENTREQUEST)$/

export const socket: Pattern = {
  id: 'socket-pile-up',
  category: 'socket',
  runtimes: ['v8'],
  title: 'connections that are never closed or given back',
  proves: 'Sockets, or requests that wait for one, become more each time.',
  disproves: 'A pool that fills to its maximum and stays.',
  why: 'A connection that nobody ends stays open, with its buffers and handlers; an agent keeps a list for each host name it ever saw.',
  advice: 'Reuse one agent with `maxSockets` and time-outs, read or cancel every response body, and destroy connections on error.',
  example: { before: 'const response = await fetch(url)', after: 'const response = await fetch(url)\nif (!response.ok) await response.body?.cancel()' },
  inOneSnapshot: { title: 'connections' },
  confidence: 'medium',
  matches: (held) =>
    held.steps.slice(held.entry, held.entry + 3).some((step) => SOCKET.test(step.nodeName)) ||
    held.classes.some((each) => /^(Socket|TLSSocket)$/.test(each.className) && each.countRate >= 0.9 * held.countRate && held.countRate > 0) ||
    (hasEdge(held, /^(sockets|freeSockets|requests|connections|kConnections)$/, { above: 2 }) && hasClass(held, /Agent|Server|Pool/, { above: 3 })),
}
