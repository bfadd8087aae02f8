import { entryIs } from './held.ts'
import type { Pattern } from './pattern.ts'

export const unreadBody: Pattern = {
  id: 'response-body-unread',
  category: 'stream',
  runtimes: ['v8'],
  title: 'responses whose bodies nobody reads',
  proves: 'Responses or the readers of their bodies become more each time.',
  disproves: 'Responses that are read to their end.',
  why: 'A body that is not read keeps its connection, its buffers and its parser.',
  advice: 'Read the body, or call `response.body?.cancel()`, `res.resume()` or `res.destroy()`.',
  example: {
    before: 'const response = await fetch(url)\nreturn response.status',
    after: 'const response = await fetch(url)\nawait response.body?.cancel()\nreturn response.status',
  },
  confidence: 'medium',
  matches: (held) => entryIs(held, /^(IncomingMessage|Response|Fetch|BodyReadable|ReadableByteStreamController|ReadableStreamDefaultController|HTTPParser)$/) && !/_events/.test(held.ownerEdges.join(' ')),
}
