import type { Pattern } from './pattern.ts'

export const consoleRetained: Pattern = {
  id: 'console-retained',
  category: 'other',
  runtimes: ['v8'],
  title: 'objects that the console of an attached inspector keeps',
  proves: 'The objects hang on a handle of DevTools’ console, and on nothing else.',
  disproves: 'Objects that stay when the console is cleared, or the inspector is detached.',
  why: 'While an inspector listens, what is logged to the console is kept, so that it can be unfolded there: the last 1,000 messages. In production, with nobody listening, it goes.',
  advice: 'Not a leak of the program: clear the console or detach the inspector, and measure again. Log text, not objects, where a debugger is always attached.',
  example: { before: 'log(order) // ends in the console', after: 'log(`order ${order.id}`)' },
  confidence: 'high',
  matches: (held) => held.steps.slice(0, held.entry + 1).some((step) => step.edgeName.includes('DevTools console') || step.nodeName.includes('DevTools console')),
}
