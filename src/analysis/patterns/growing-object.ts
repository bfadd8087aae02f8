import type { Pattern } from './pattern.ts'

export const growingObject: Pattern = {
  id: 'growing-object',
  category: 'growing-collection',
  title: 'an object used as a dictionary that only grows',
  proves: 'The same object has more properties or parts at every step.',
  disproves: 'An object that fills once, with a fixed set of names.',
  why: 'Properties are added per operation under new names, and nothing deletes them.',
  advice: 'Use a Map with a bound, and delete entries when their operation ends.',
  example: { before: 'cache[id] = result', after: 'cache.set(id, result) // a Map or LRU cache with a maximum' },
  confidence: 'medium',
  matches: (held) => held.steps[held.holder] !== undefined,
}
