import { entryIs } from './held.ts'
import type { Pattern } from './pattern.ts'

export const detachedContext: Pattern = {
  id: 'context-pile-up',
  category: 'detached',
  runtimes: ['v8'],
  title: 'realms (vm contexts, frames) that are never let go',
  proves: 'Whole global environments become more each time; each costs hundreds of kilobytes.',
  disproves: 'A pool of contexts that is reused.',
  why: 'One function or object of a realm, held from outside, holds the realm’s global and all its built-ins.',
  advice: 'Reuse contexts, take plain data out of them (structured clone, JSON), and drop every function that came from one.',
  confidence: 'high',
  matches: (held) => entryIs(held, /^(system \/ NativeContext|global.*|Window.*|ContextifyContext|Node \/ ContextifyContext)$/) || held.steps.slice(held.entry).some((step) => step.nodeName === 'system / NativeContext') || held.classes.some((each) => /NativeContext|ContextifyContext/.test(each.className) && each.countRate > 0.02),
}
