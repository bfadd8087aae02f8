import type { Pattern } from './pattern.ts'

export const moduleVariable: Pattern = {
  id: 'growing-module-variable',
  category: 'growing-collection',
  title: 'a collection in a module that only grows',
  runtimes: ['cpython'],
  proves: 'A variable of a module holds a collection with more entries at every step.',
  disproves: 'A registry filled once at the start.',
  why: 'A module lives as long as the process; so does what its variables hold.',
  advice: 'Take entries out where what they stand for ends (`del`, `discard`), bound it (`collections.deque(maxlen=…)`, `cachetools.TTLCache`), or hold them weakly (`weakref.WeakValueDictionary`).',
  example: { before: 'SESSIONS = {}\nSESSIONS[session.id] = session', after: 'SESSIONS = weakref.WeakValueDictionary()\nSESSIONS[session.id] = session' },
  inOneSnapshot: { title: 'a collection in a module' },
  confidence: 'high',
  matches: (held) => held.steps[held.holder]?.edgeKind === 'variable' && held.steps[held.holder - 1]?.nodeKind === 'module',
}
