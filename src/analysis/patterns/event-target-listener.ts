import { entryIs, hasEdge } from './held.ts'
import type { Pattern } from './pattern.ts'

export const eventTargetListener: Pattern = {
  id: 'event-target-listener-pile-up',
  category: 'listener',
  runtimes: ['v8'],
  title: 'listeners that are never removed from an EventTarget',
  proves: 'One EventTarget gains one more listener each time: linked by `next` in Node, in one table in a browser.',
  disproves: 'A target that is itself made per operation.',
  why: 'A target holds its listeners, a listener its function, the function its variables.',
  advice: 'Pass `{ signal }` or `{ once: true }`, or call `removeEventListener` with the same function in the matching teardown.',
  example: { before: "bus.addEventListener('tick', onTick)", after: "bus.addEventListener('tick', onTick, { signal: request.signal })" },
  inOneSnapshot: { title: 'listeners' },
  confidence: 'high',
  matches: (held) => hasEdge(held, /kEvents/, { above: 5 }) || entryIs(held, /^(Listener|EventListener|V8EventListener|JSEventListener|blink::RegisteredEventListener)$/),
}
