import type { Pattern } from './pattern.ts'

export const globalVariable: Pattern = {
  id: 'growing-global',
  category: 'growing-collection',
  runtimes: ['v8'],
  title: 'a global variable that only grows',
  proves: 'A property of the global object holds a collection with more entries at every step.',
  disproves: 'A fixed set of globals.',
  why: 'What is global is never out of scope.',
  advice: 'Keep it in the module or the request it belongs to; bound it.',
  example: {
    before: 'globalThis.auditTrail.push(record)',
    after: 'auditLog.write(record)',
  },
  confidence: 'high',
  matches: (held) => held.holder >= 1 && /^global\b|^Window/.test(held.steps[held.holder - 1]?.nodeName ?? '') && held.steps[held.holder]?.edgeKind === 'property',
}
