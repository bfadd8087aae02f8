import { entryIs } from './held.ts'
import type { Pattern } from './pattern.ts'

export const proxiesKept: Pattern = {
  id: 'proxies-kept',
  category: 'growing-collection',
  runtimes: ['v8'],
  title: 'proxies or reactive stores that are never disposed',
  proves: 'A collection gains proxies; each keeps its target and handler.',
  disproves: 'Stores that are disposed with their owner.',
  why: 'A reactive library keeps a proxy for each object it made reactive, and the effects that read it.',
  advice: 'Dispose stores with their owner; keep proxies in a WeakMap by target.',
  confidence: 'medium',
  matches: (held) => entryIs(held, /JSProxy|^Proxy$|^ReactiveEffect$|^RefImpl$|^ComputedRefImpl$/),
}
