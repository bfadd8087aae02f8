import type { Pattern } from './pattern.ts'

export const lruCacheOnMethod: Pattern = {
  id: 'lru-cache-on-method',
  category: 'growing-collection',
  title: 'a cached method that keeps every `self`',
  runtimes: ['cpython'],
  proves: 'An `lru_cache` or `cache` stands in a class, and its entries become more: `self` is part of each key.',
  disproves: 'A cache of a function that takes no instance.',
  why: 'The decorator makes one cache for the class, not one an instance. Its keys hold all arguments, `self` among them, until the entry is pushed out; without `maxsize` that is never.',
  advice: 'Use `functools.cached_property`, or make the cache in `__init__`, so that it goes with the instance; or cache a function outside the class that takes only what it needs.',
  example: {
    before: 'class Report:\n    @functools.lru_cache(maxsize=None)\n    def total(self, year): …',
    after: 'class Report:\n    def __init__(self):\n        self.total = functools.lru_cache(maxsize=64)(self._total)\n    def _total(self, year): …',
  },
  inOneSnapshot: { suspectFrom: 16 },
  confidence: 'high',
  matches: (held) => held.steps.slice(0, held.entry).some((step, at, all) => held.vocabulary.caches.test(step.nodeName) && all[at - 1]?.nodeKind === 'class'),
}
