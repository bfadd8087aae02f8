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
  remedies: {
    jvm: {
      title: 'an object that refers to more and more',
      proves: 'The same object refers to more at every step.',
      why: 'References are added per operation, and nothing takes them out.',
      advice: 'Find who adds here, and take entries out where what they stand for ends.',
    },
    cpython: {
      title: 'an object that refers to more and more',
      proves: 'The same object refers to more at every step.',
      why: 'Attributes or entries are added per operation, and nothing deletes them.',
      advice: 'Find who adds here, and delete entries where what they stand for ends; objects whose life is not yours belong in a `weakref.WeakValueDictionary`.',
    },
    go: {
      title: 'memory that only grows',
      proves: 'What one holder leads to is more at every step.',
      why: 'What is reachable from a global variable or a goroutine that runs on stays; Go has no other reason to keep it.',
      advice: 'Delete from the map or slice where the work ends; of a big array keep a copy of the part that is needed (`slices.Clone`, `strings.Clone`), for a slice keeps the whole array.',
      example: { before: 'orders[id] = order', after: 'orders[id] = order\ndefer delete(orders, id)' },
    },
  },
  inOneSnapshot: { title: 'one object' },
  confidence: 'medium',
  matches: (held) => held.steps[held.holder] !== undefined,
}
