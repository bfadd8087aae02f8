import type { Pattern } from './pattern.ts'

export const weakmapValue: Pattern = {
  id: 'weakmap-key-held',
  category: 'growing-collection',
  title: 'WeakMap values whose keys are held elsewhere',
  proves: 'What grows is the value of a WeakMap entry, and its key is held by something that lives on.',
  disproves: 'Keys that go when their work is done.',
  why: 'A WeakMap entry lives as long as its key: a key kept in a list keeps its value too.',
  advice: 'Look at who holds the key: the path shows it. Key by the object whose life matters.',
  confidence: 'high',
  matches: (held) => held.steps.slice(held.entry).some((step) => / pair in WeakMap /.test(step.edgeName)),
}
