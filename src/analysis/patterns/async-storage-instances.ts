import { entryIs } from './held.ts'
import type { Pattern } from './pattern.ts'

export const asyncStorageInstances: Pattern = {
  id: 'async-storage-per-call',
  category: 'async-context',
  runtimes: ['v8'],
  title: 'a new AsyncLocalStorage for each operation',
  proves: 'Instances of AsyncLocalStorage become more each time.',
  disproves: 'One instance per module.',
  why: 'Every instance is registered with the runtime and is asked at every asynchronous step.',
  advice: 'Make one instance when the module loads; call `disable()` on one that is done.',
  example: {
    before: 'function handle() { const storage = new AsyncLocalStorage() }',
    after: 'const storage = new AsyncLocalStorage()\nfunction handle() { storage.run({}, work) }',
  },
  confidence: 'high',
  matches: (held) => entryIs(held, /^AsyncLocalStorage$/),
}
