import type { Pattern } from './pattern.ts'

/** Functions by the same name, each kept by the one before. */
const FEWEST_LINKS = 3

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
  // A function that is wrapped twice on its way into a queue is no chain: three links by the same name are.
  matches: (held) => {
    const captured = held.steps.slice(held.entry).filter((step) => step.edgeKind === 'variable' && step.nodeKind === 'closure')
    const links = new Map<string, number>()
    for (const { edgeName, nodeName } of captured) links.set(`${edgeName} ${nodeName}`, (links.get(`${edgeName} ${nodeName}`) ?? 0) + 1)
    return [...links.values()].some((count) => count >= FEWEST_LINKS)
  },
}
