import { entryIs } from './held.ts'
import type { Pattern } from './pattern.ts'

export const pageObservers: Pattern = {
  id: 'observer-not-disconnected',
  category: 'listener',
  runtimes: ['v8'],
  title: 'browser observers that are never disconnected',
  proves: 'Mutation, resize, intersection or performance observers become more each time.',
  disproves: 'Observers that are disconnected with their element.',
  why: 'An observer is held by what it observes, and holds its callback and all it captured.',
  advice: 'Call `disconnect()` where the component ends.',
  example: {
    before: 'new ResizeObserver(render).observe(element)',
    after: 'const observer = new ResizeObserver(render)\nobserver.observe(element)\nonUnmount(() => observer.disconnect())',
  },
  confidence: 'medium',
  matches: (held) => entryIs(held, /^(Mutation|Resize|Intersection|Performance|Reporting)Observer/),
}
