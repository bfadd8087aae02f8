import type { Pattern } from './pattern.ts'

export const defaultArgument: Pattern = {
  id: 'default-argument-grows',
  category: 'growing-collection',
  title: 'a default argument that every call adds to',
  runtimes: ['cpython'],
  proves: 'The collection that grows is the default value of a function’s parameter (`__defaults__`).',
  disproves: 'A default that is meant as a cache of that function, with a limit.',
  why: 'Default values are made once, when `def` runs, and are shared by all calls.',
  advice: 'Take `None` as the default and make the collection inside.',
  example: { before: 'def collect(tag, into=[]):\n    into.append(tag)', after: 'def collect(tag, into=None):\n    into = [] if into is None else into\n    into.append(tag)' },
  inOneSnapshot: { suspectFrom: 100 },
  confidence: 'high',
  matches: (held) => held.steps.slice(0, held.entry).some((step) => /^__(kw)?defaults__$/.test(step.edgeName)),
}
