import { NODE } from '../../model/heap-graph.ts'
import type { Pattern } from './pattern.ts'

export const patternCache: Pattern = {
  id: 'regexp-cache',
  category: 'growing-collection',
  runtimes: ['v8'],
  title: 'regular expressions that are compiled from input and kept',
  proves: 'A collection gains regular expressions at every step.',
  disproves: 'A fixed set of patterns.',
  why: 'Each input makes a new pattern, with compiled code.',
  advice: 'Escape and test without a cache, or bound the cache.',
  example: {
    before: 'cache.set(input, new RegExp(input))',
    after: 'cache.set(input, new RegExp(input)) // a cache with a maximum',
  },
  confidence: 'high',
  matches: (held) => held.membersOf((node) => held.graph.nodeKind[node] === NODE.regexp) > 0.4,
}
