import { hasClass, hasEdge } from './held.ts'
import type { Pattern } from './pattern.ts'

export const streamBuffer: Pattern = {
  id: 'stream-not-consumed',
  category: 'stream',
  runtimes: ['v8'],
  title: 'data waits in a stream that nobody reads fast enough',
  proves: "The stream's own buffer gains chunks at every step.",
  disproves: 'A buffer that stays below its high-water mark.',
  why: 'Writing on after `write()` said false, or pushing into a readable without a reader, queues without bound.',
  advice: "Use `pipeline`, wait for 'drain' when `write()` returns false, and `resume()` or `destroy()` what nobody reads.",
  example: { before: 'for (const row of rows) out.write(row)', after: "for (const row of rows) if (!out.write(row)) await once(out, 'drain')" },
  confidence: 'high',
  matches: (held) =>
    (hasEdge(held, /^(_readableState|_writableState|buffer|buffered|bufferedRequest)$|kBufferedValue|kBuffered|^_buffer$/, { above: 2 }) && hasClass(held, /ReadableState|WritableState|BufferList/, { above: 3 })) ||
    (hasClass(held, /^(Readable|Writable)(Stream|Byte|Default)\w*$|TransformStream/, { above: 4 }) && hasEdge(held, /queue/i, { above: 3 })),
}
