import { hasClass, hasEdge } from './held.ts'
import type { Pattern } from './pattern.ts'

export const promiseReactions: Pattern = {
  id: 'promise-reaction-pile-up',
  category: 'promise',
  title: 'reactions that pile up on a promise which never settles',
  proves: 'One pending promise gains one more reaction each time; a reaction keeps what waits for it.',
  disproves: 'A promise that settles: it then lets all reactions go.',
  why: '`Promise.race`, `then` and `await` add a reaction to every promise they are given, and it cannot be taken back. Racing short work against one long-lived promise collects a reaction, and the race’s result, each time.',
  advice: 'Do not race against a promise that lives as long as the process. Use an AbortSignal or an event that is removed after each piece of work, or a race that lets go (one deferred per race, unregistered afterwards).',
  example: {
    before: 'const job = await Promise.race([takeJob(), shutdown])',
    after: 'const stop = new AbortController()\nlifetime.add(stop)\ntry { job = await takeJob({ signal: stop.signal }) } finally { lifetime.delete(stop) }',
  },
  confidence: 'high',
  matches: (held) => hasEdge(held, /^reactions_or_result$/, { above: 0 }) || (hasClass(held, /PromiseReaction/, { above: 0 })),
}
