import { around, holderIsOf } from './held.ts'
import type { Pattern } from './pattern.ts'

export const unboundedCache: Pattern = {
  id: 'unbounded-cache',
  category: 'growing-collection',
  title: 'a cache without a limit',
  runtimes: ['jvm', 'cpython'],
  proves: 'A collection that is called a cache, or is one, has more entries at every step and none of the old ones goes.',
  disproves: 'A cache that still fills and has a limit.',
  why: 'Results are kept under keys that hardly repeat, and the cache was never told when to forget.',
  advice: 'Give it a limit and a time to live; for a map, put a cache in its place.',
  example: {
    before: 'private final Map<String, Quote> cache = new ConcurrentHashMap<>();',
    after: 'private final Cache<String, Quote> cache =\n    Caffeine.newBuilder().maximumSize(10_000).expireAfterWrite(Duration.ofMinutes(10)).build();',
  },
  remedies: {
    cpython: {
      why: 'Results are kept under keys that hardly repeat. `functools.cache` and `lru_cache(maxsize=None)` have no limit; arguments are kept as well as results.',
      advice: 'Give it a limit: `lru_cache(maxsize=1024)`, or a `cachetools.TTLCache` where results grow old.',
      example: { before: '@functools.cache\ndef quote(symbol): …', after: '@functools.lru_cache(maxsize=1024)\ndef quote(symbol): …' },
    },
  },
  inOneSnapshot: { title: 'a cache' },
  confidence: 'high',
  matches: (held) => {
    const near = around(held, 3).slice(0, -1)
    if (near.some((step) => held.vocabulary.caches.test(step.nodeName))) return true
    return (holderIsOf(held, 'maps') || holderIsOf(held, 'lists')) && near.slice(-2).some((step) => /(^|_)m?cached?(_|$)|cache$|^cache|^memo(ized)?$|Cache(d|$|[A-Z_])/i.test(step.edgeName))
  },
}
