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
  confidence: 'medium',
  matches: (held) => held.steps[held.holder]?.edgeKind === 'property' && held.steps[held.holder - 1]?.nodeKind === 'closure' && held.steps[held.holder]?.nodeKind === 'object',
}
