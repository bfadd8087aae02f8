import { words } from './held.ts'
import type { Pattern } from './pattern.ts'

export const asyncContext: Pattern = {
  id: 'async-context-held',
  category: 'async-context',
  runtimes: ['v8'],
  title: 'asynchronous contexts that outlive their request',
  proves: 'A table of asynchronous contexts, or resources that carry one, gains one each time.',
  disproves: 'Contexts that go when their resource is destroyed.',
  why: 'A context is held by every resource and promise made inside it, and by tables keyed by async id until the resource is destroyed. What a context refers to cannot be destroyed before the context goes.',
  advice: 'Keep stores small and free of promises made inside them; create long-lived resources outside `run()`; prefer AsyncLocalStorage to hook-based context libraries.',
  example: { before: "namespace.run(() => { namespace.set('user', loadUser(id)) })", after: "const user = await loadUser(id)\nstorage.run({ user }, () => handle())" },
  confidence: 'medium',
  matches: (held) => /AsyncContextFrame|AsyncLocalStorage|kResourceStore|kAsyncContextFrame|AsyncResource\b|async_?hooks?|asyncStorage|\b_contexts\b|executionAsyncId|asyncContext|\bAsyncHook/i.test(words(held)),
}
