import { holderIs } from './held.ts'
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
  confidence: 'high',
  matches: (held) => holderIs(held, /^(Map|Set|SafeMap|SafeSet|WeakMap|WeakSet|HashMap|LinkedHashMap|ConcurrentHashMap|TreeMap|HashSet|dict|set|OrderedDict)$/),
}
