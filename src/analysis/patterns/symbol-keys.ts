import type { Pattern } from './pattern.ts'

export const symbolKeys: Pattern = {
  id: 'names-from-data',
  category: 'growing-collection',
  runtimes: ['v8'],
  title: 'symbols or property names made from data',
  proves: 'An object gains properties whose names are symbols made from data.',
  disproves: 'A fixed set of symbols.',
  why: '`Symbol.for` and property names are interned for ever once something long-lived uses them.',
  advice: 'Use a Map with strings as keys, and delete entries.',
  example: {
    before: 'flags[Symbol.for(`feature-${id}`)] = state',
    after: 'flags.set(`feature-${id}`, state) // a Map',
  },
  confidence: 'medium',
  matches: (held) => held.steps[held.entry]?.edgeName === '[symbol key]',
}
