import type { Pattern } from './pattern.ts'

export const staticCollection: Pattern = {
  id: 'growing-static',
  category: 'growing-collection',
  title: 'a collection on a class that only grows',
  proves: 'A static property of a class holds a collection with more entries at every step.',
  disproves: 'A registry filled once at the start.',
  why: 'A class lives as long as its module; so does what hangs on it.',
  advice: 'Give the entries an end: an `unregister` where the instance ends; or move the collection into an instance.',
  example: {
    before: 'Registry.instances.set(id, service)',
    after: 'Registry.instances.set(id, service)\nservice.onClose(() => Registry.instances.delete(id))',
  },
  remedies: {
    jvm: {
      why: 'A static field lives as long as its class, a class as long as its loader: for most classes that is as long as the process.',
      advice: 'Take entries out where what they stand for ends (`remove` in `close()`), or bound the collection: a cache with `maximumSize` and `expireAfterAccess`, or a `LinkedHashMap` with `removeEldestEntry`.',
      example: {
        before: 'static final Map<String, Session> SESSIONS = new HashMap<>();\nvoid open(Session session) { SESSIONS.put(session.id(), session); }',
        after: 'void open(Session session) {\n  SESSIONS.put(session.id(), session);\n  session.onClose(() -> SESSIONS.remove(session.id()));\n}',
      },
    },
    cpython: {
      why: 'A class lives as long as its module; what is assigned in its body is one object for all instances.',
      advice: 'Make it an attribute of the instance (in `__init__`), or take entries out where what they stand for ends; a registry of instances is a `weakref.WeakSet`.',
      example: { before: 'class Service:\n    instances = []\n    def __init__(self):\n        self.instances.append(self)', after: 'class Service:\n    instances = weakref.WeakSet()\n    def __init__(self):\n        self.instances.add(self)' },
    },
  },
  inOneSnapshot: { title: 'a collection in a static field' },
  confidence: 'medium',
  matches: (held) => held.steps[held.holder]?.edgeKind === 'property' && /^(closure|class)$/.test(held.steps[held.holder - 1]?.nodeKind ?? '') && held.steps[held.holder]?.nodeKind === 'object',
}
