import { hasClass } from './held.ts'
import type { Pattern } from './pattern.ts'

export const finalizationHoldings: Pattern = {
  id: 'finalization-holdings',
  category: 'other',
  runtimes: ['v8'],
  title: 'held values of a FinalizationRegistry that reach their own target',
  proves: 'The registry gains cells, and what they hold keeps the registered objects alive: they can never be finalized.',
  disproves: 'Held values that are ids or texts.',
  why: 'A registry holds its held values strongly; one that refers to the target, also through a bound function, keeps it.',
  advice: 'Hold an id or a small record without a way back to the target.',
  example: {
    before: 'registry.register(file, file.close.bind(file))',
    after: 'registry.register(file, file.descriptor)',
  },
  confidence: 'high',
  matches: (held) => hasClass(held, /^FinalizationRegistry$|WeakCell/, { above: 1 }),
}
