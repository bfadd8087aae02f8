import { hasClass, hasEdge } from './held.ts'
import type { Pattern } from './pattern.ts'

export const eventIterator: Pattern = {
  id: 'event-iterator-not-read',
  category: 'listener',
  runtimes: ['v8'],
  title: 'events that wait in an async iterator nobody reads',
  proves: 'The queue of `events.on()` gains events at every step.',
  disproves: 'An iterator that is read as fast as events come.',
  why: '`events.on()` queues every event until the loop takes it; a loop that was left without `return()` still listens.',
  advice: 'Leave the loop with `break` or `return()`, or pass a `signal`; read as fast as events come.',
  example: {
    before: 'const updates = on(feed, \'update\')',
    after: 'const updates = on(feed, \'update\', { signal: request.signal })',
  },
  confidence: 'high',
  matches: (held) => hasEdge(held, /^unconsumed(Events|Promises)$/, { above: 5 }) || hasClass(held, /^FixedQueue$|^FixedCircularBuffer$/, { above: 4 }) && /unconsumed/.test(held.steps.map((step) => step.edgeName).join(' ')),
}
