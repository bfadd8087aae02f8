import { entryIs } from './held.ts'
import type { Pattern } from './pattern.ts'

export const errorsKept: Pattern = {
  id: 'errors-kept',
  category: 'growing-collection',
  title: 'errors that are kept and keep what failed',
  proves: 'A collection gains Errors; an unread stack holds the receivers and functions of its frames.',
  disproves: 'Errors whose stack was read: they hold text only.',
  why: 'Until `.stack` is read for the first time an Error holds the objects of its call stack; `cause` holds the error before.',
  advice: 'Store message and code, or read `.stack` when the error is stored; keep a bounded number.',
  example: {
    before: 'failures.push(error)',
    after: 'failures.push({ message: error.message, code: error.code, at: Date.now() })',
  },
  confidence: 'high',
  matches: (held) => entryIs(held, /Error$|^Exception/) || held.steps.slice(held.entry, held.entry + 3).some((step) => step.nodeName.endsWith('Error')),
}
