import { hasClassBelow } from './held.ts'
import type { Pattern } from './pattern.ts'

export const immediatesKept: Pattern = {
  id: 'immediates-kept-by-errors',
  category: 'timer',
  runtimes: ['v8'],
  title: 'errors that keep the Immediates in which they were made',
  proves: 'Errors whose stack nobody has read are kept, and each keeps the Immediate that was `this` of one of its frames, with its arguments and the Immediates after it.',
  disproves: 'Errors whose `.stack` was read: they hold text only.',
  why: 'Until its stack is read for the first time an Error holds the receivers of its frames. In a callback of `setImmediate` that is the Immediate, which holds its arguments and, by `_idleNext`, the others of its turn.',
  advice: 'Read `error.stack` when you store an error, or store message and code; use an arrow function as the callback, and keep a bounded number of errors.',
  example: { before: 'setImmediate(function (job) { failures.push(new Error("lost")) }, job)', after: 'setImmediate((job) => { failures.push(new Error("lost").stack) }, job)' },
  confidence: 'high',
  matches: (held) =>
    held.steps.slice(held.entry, held.entry + 3).some((step) => held.vocabulary.errors.test(step.nodeName)) &&
    (hasClassBelow(held, /^Immediate$/) || held.steps.slice(held.entry).some((step) => step.nodeName === 'Immediate')),
}
