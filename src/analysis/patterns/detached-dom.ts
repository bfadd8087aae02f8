import type { Pattern } from './pattern.ts'

export const detachedDom: Pattern = {
  id: 'detached-dom',
  category: 'detached',
  runtimes: ['v8'],
  title: 'parts of the page that were removed and are still held',
  proves: 'Detached nodes are reached from script.',
  disproves: 'Nodes kept in a cache on purpose, to be shown again.',
  why: 'A variable, listener or map still refers to a removed node; one node keeps its whole tree.',
  advice: 'Drop the reference when the node is removed, remove listeners on unmount, hold nodes in a WeakMap or WeakRef.',
  example: { before: 'panels.push(element)', after: 'panels.push(new WeakRef(element))' },
  confidence: 'high',
  matches: (held) => held.membersOf((node) => held.graph.detachedness?.[node] === 2 || held.graph.strings.get(held.graph.nodeName[node]!).startsWith('Detached ')) > 0.5,
}
