import type { Pattern } from './pattern.ts'

export const asyncStore: Pattern = {
  id: 'async-store-held',
  category: 'async-context',
  runtimes: ['v8'],
  title: 'asynchronous contexts carried by resources that outlive their request',
  proves: 'What grows is reached through the store that AsyncLocalStorage hung on a timer, a promise or another resource.',
  disproves: 'Resources that end with their request.',
  why: 'Everything asynchronous that is made inside `run()` carries the store until it ends, also what is meant to live on.',
  advice: 'Create long-lived resources outside `run()`, or leave it first with `storage.exit()`; keep stores small.',
  example: {
    before: 'storage.run(request, () => { pool ??= openPool() })',
    after: 'pool ??= storage.exit(openPool)\nstorage.run(request, handle)',
  },
  confidence: 'high',
  matches: (held) => held.steps.slice(held.entry).some((step) => /^AsyncContextFrame$/.test(step.nodeName) || /kResourceStore|kAsyncContextFrame/.test(step.edgeName)) && !/Listener/.test(held.steps[held.entry]?.nodeName ?? ''),
}
