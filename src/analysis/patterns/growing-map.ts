import { holderIsOf } from './held.ts'
import type { Pattern } from './pattern.ts'

export const growingMap: Pattern = {
  id: 'growing-map',
  category: 'growing-collection',
  title: 'a Map or Set that only grows',
  proves: 'The same collection has more entries at every step and none of the new ones goes.',
  disproves: 'A cache that has reached its bound, or entries that go later.',
  why: 'Entries are added per operation under new keys, and nothing takes them out.',
  advice: 'Give it an end: delete the entry when its operation ends, or bound it (a maximum and a time to live, as lru-cache has). If the key’s life is what matters, use a WeakMap.',
  example: { before: 'const sessions = new Map()', after: "import { LRUCache } from 'lru-cache'\nconst sessions = new LRUCache({ max: 10_000, ttl: 30 * 60_000 })" },
  remedies: {
    jvm: {
      title: 'a map or set that only grows',
      advice: 'Give it an end: `remove` the entry when its operation ends, or put a cache with `maximumSize` and `expireAfterAccess` in its place. If the life of the key is what matters, use a `WeakHashMap` whose values do not refer to their keys.',
      example: { before: 'private final Map<String, Session> sessions = new HashMap<>();', after: 'private final Cache<String, Session> sessions =\n    Caffeine.newBuilder().maximumSize(10_000).expireAfterAccess(Duration.ofMinutes(30)).build();' },
    },
    cpython: {
      title: 'a dict or set that only grows',
      advice: 'Give it an end: `del` the entry when its operation ends, or bound it (`cachetools.TTLCache`, an `OrderedDict` with `popitem(last=False)`). If the life of the value is what matters, use a `weakref.WeakValueDictionary`.',
      example: { before: 'sessions = {}', after: 'sessions = weakref.WeakValueDictionary()' },
    },
  },
  inOneSnapshot: { title: 'a map or set' },
  confidence: 'high',
  matches: (held) => holderIsOf(held, 'maps') || holderIsOf(held, 'sets'),
}
