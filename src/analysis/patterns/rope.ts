import type { Pattern } from './pattern.ts'

export const rope: Pattern = {
  id: 'text-appended',
  category: 'growing-collection',
  runtimes: ['v8'],
  title: 'a text that is appended to without end',
  proves: 'Concatenated strings hang on each other, and the chain is longer at every step.',
  disproves: 'A text that is written out and begun again.',
  why: 'Appending makes a rope of pieces which keeps each of them until it is read as a whole.',
  advice: 'Collect pieces in an array that is written out, or write to a stream.',
  example: {
    before: 'transcript += line',
    after: 'out.write(line)',
  },
  confidence: 'high',
  matches: (held) => held.steps.slice(Math.max(0, held.entry - 1), held.entry + 4).filter((step) => step.nodeKind === 'concatenated-string').length >= 2 || (held.by === 'bytes' && (held.steps[held.entry]?.nodeKind ?? '').endsWith('string')),
}
