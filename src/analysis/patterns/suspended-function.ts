import { hasClass, hasEdge } from './held.ts'
import type { Pattern } from './pattern.ts'

export const suspendedFunction: Pattern = {
  id: 'suspended-async-function',
  category: 'promise',
  title: 'async functions that wait for something which never comes',
  proves: 'Suspended functions, with all their local variables, become more each time; they wait for a promise.',
  disproves: 'Functions that go on when their answer arrives.',
  why: 'An `await` keeps the whole frame: parameters, local variables, `this`. If the promise never settles the frame stays.',
  advice: 'Give what is awaited an end: a time-out, an AbortSignal, a rejection when the connection closes.',
  example: {
    before: 'await gate.opened',
    after: 'await Promise.race([gate.opened, rejectAfter(10_000)]) // and let go of the loser',
  },
  confidence: 'high',
  matches: (held) => (hasEdge(held, /^reactions_or_result$/, { above: 0 }) || hasClass(held, /PromiseReaction/, { above: 0 })) && held.steps.slice(held.entry).some((step) => step.edgeName === 'parameters_and_registers' || step.nodeName === 'Generator'),
}
