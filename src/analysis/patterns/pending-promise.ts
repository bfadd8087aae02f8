import { entryIs, words } from './held.ts'
import type { Pattern } from './pattern.ts'

/** A plain object, or an instance, that keeps the ends of a promise. */
const RESOLVER = /^Object \{.*\b(resolve|reject)\b.*\}$|Deferred|PromiseWithResolvers/

export const pendingPromise: Pattern = {
  id: 'pending-promise-pile-up',
  category: 'promise',
  runtimes: ['v8'],
  title: 'promises, or their resolvers, that wait for an answer which never comes',
  proves: 'The collection gains promises, or objects with `resolve` and `reject`, and none is taken out.',
  disproves: 'Entries that are removed when the answer arrives.',
  why: 'A request waits in a table until its reply; if the reply is lost, the entry, its promise and all that awaits it stay.',
  advice: 'Give every waiting entry an end: a time-out, the close of its connection, an abort. Delete it in `finally`, not only on success.',
  example: {
    before: 'pending.set(id, { resolve, reject })',
    after: 'pending.set(id, { resolve, reject })\nsetTimeout(() => { pending.delete(id); reject(new Error("no answer")) }, 10_000)',
  },
  inOneSnapshot: { title: 'promises that wait' },
  confidence: 'medium',
  matches: (held) =>
    entryIs(held, RESOLVER) || (entryIs(held, /^Promise$/) && /pending|inflight|waiting|waiters|deferred|resolvers|requests|queue|promises/i.test(words(held))),
}
