import type { Pattern } from './pattern.ts'

export const wrappedFunctions: Pattern = {
  id: 'function-wrapped-again',
  category: 'closure-context',
  runtimes: ['v8'],
  title: 'a function that is wrapped again each time',
  proves: 'Functions hang on each other through captured variables, and the chain is longer at every step.',
  disproves: 'A chain that is built once at the start.',
  why: 'Each call replaces a function by one that calls the old one: all of them stay, and each call goes through all.',
  advice: 'Wrap once; keep the original and build from it.',
  example: {
    before: 'handle = wrap(handle)',
    after: 'handle = wrap(original)',
  },
  confidence: 'high',
  matches: (held) => {
    const captured = held.steps.slice(held.entry).filter((step) => step.edgeKind === 'variable' && step.nodeKind === 'closure')
    return captured.some((step, at) => captured.slice(0, at).some((before) => before.edgeName === step.edgeName && before.nodeName === step.nodeName))
  },
}
