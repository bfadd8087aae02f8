import { entryIs, hasEdge, isCaptured } from './held.ts'
import type { Pattern } from './pattern.ts'

const LISTS = /^[_#$]*(?:current|next|all|event)?(observers?|subscribers?|subscriptions?|subs|listeners?|watchers?|callbacks?|eventHandlers|finalizers|onChange|onUpdate)(map|set|list)?_*$/i

export const observerList: Pattern = {
  id: 'subscription-pile-up',
  category: 'listener',
  runtimes: ['v8'],
  title: 'subscriptions that are never ended',
  proves: 'A list of observers or callbacks gains one more each time.',
  disproves: 'Subscriptions that complete: then the list takes them out.',
  why: 'A hot source holds its subscribers; who only stops listening, without unsubscribing, stays in the list with all it refers to.',
  advice: 'Unsubscribe when the consumer ends: keep the subscription and end it, `takeUntil`, a reference-counted share (`refCount: true`), or the unsubscribe function that subscribing returned.',
  example: { before: 'return ticks.pipe(map(toQuote), shareReplay(1))', after: 'return ticks.pipe(map(toQuote), shareReplay({ bufferSize: 1, refCount: true }))' },
  inOneSnapshot: { title: 'subscriptions' },
  confidence: 'medium',
  matches: (held) => hasEdge(held, LISTS, { above: 1 }) && (isCaptured(held) || held.steps[held.entry]?.nodeKind === 'closure' || entryIs(held, /Subscri|Observer|Listener|Callback|Handler|Watcher|Effect|Object/)),
}
