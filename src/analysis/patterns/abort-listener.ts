import { entryIs, hasClass, hasEdge } from './held.ts'
import type { Pattern } from './pattern.ts'

export const abortListener: Pattern = {
  id: 'abort-listener-pile-up',
  category: 'listener',
  runtimes: ['v8'],
  title: "'abort' listeners that stay on a long-lived signal",
  proves: 'An AbortSignal that lives on gains one more listener or dependent signal each time.',
  disproves: 'A signal that is itself made per operation.',
  why: 'Whoever listens to a signal is held by it until the signal goes or the listener is removed; a process-wide signal never goes.',
  advice: 'Give each operation its own AbortController, or remove the listener when the operation ends; `{ once: true }` removes it only if the signal fires.',
  example: {
    before: "shutdown.addEventListener('abort', stop)",
    after: "shutdown.addEventListener('abort', stop)\ntry { await work() } finally { shutdown.removeEventListener('abort', stop) }",
  },
  confidence: 'high',
  matches: (held) => (hasClass(held, /^AbortSignal$/, { above: 5 }) || hasEdge(held, /kSignal|signal$/i, { above: 5 })) && (hasEdge(held, /kEvents|kDependantSignals|kSourceSignals|abort|listener|^next$/i, { above: 4 }) || entryIs(held, /Listener|WeakRef/)),
}
