import type { Pattern } from './pattern.ts'

export const globalVariable: Pattern = {
  id: 'growing-global',
  category: 'growing-collection',
  runtimes: ['v8', 'go'],
  title: 'a global variable that only grows',
  proves: 'A property of the global object holds a collection with more entries at every step.',
  disproves: 'A fixed set of globals.',
  why: 'What is global is never out of scope.',
  advice: 'Keep it in the module or the request it belongs to; bound it.',
  example: {
    before: 'globalThis.auditTrail.push(record)',
    after: 'auditLog.write(record)',
  },
  remedies: {
    go: {
      title: 'what a package variable leads to only grows',
      proves: 'A global variable of the program leads to more objects of one line at every step.',
      why: 'A package variable lives as long as the process; a map that it holds keeps its buckets even after `delete`, a slice its whole array.',
      advice: 'Delete from the map or slice where the work ends, bound it, and make a big map anew after a peak. Of a big array keep a copy of the part that is needed (`slices.Clone`, `strings.Clone`).',
      example: { before: 'orders[id] = order', after: 'orders[id] = order\ndefer delete(orders, id)' },
    },
  },
  inOneSnapshot: { title: 'what a global variable leads to' },
  confidence: 'high',
  matches: (held) =>
    (held.vocabulary.runtime === 'go' && held.steps.slice(0, held.entry).some((step) => step.nodeKind === 'module')) ||
    (held.holder >= 1 && /^global\b|^Window/.test(held.steps[held.holder - 1]?.nodeName ?? '') && held.steps[held.holder]?.edgeKind === 'property'),
}
