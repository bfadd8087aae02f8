import { holderIsOf } from './held.ts'
import type { Pattern } from './pattern.ts'

export const linkedList: Pattern = {
  id: 'linked-list',
  category: 'growing-collection',
  title: 'a linked list that only grows',
  proves: 'Objects of one class hang on each other by the same reference, and the chain is longer at every step.',
  disproves: 'A list whose ends are cut when items are done.',
  why: 'Items are linked in and never out; or the head of the list is kept although only its tail is needed.',
  advice: 'Cut the links when an item is taken out; keep no reference to items that are done.',
  example: {
    before: 'head = { value, next: head }',
    after: 'head = { value, next: head }\nif (++length > 1000) dropLast()',
  },
  inOneSnapshot: { title: 'a linked list' },
  confidence: 'medium',
  matches: (held) =>
    !(['maps', 'sets', 'lists', 'queues'] as const).some((kind) => holderIsOf(held, kind)) &&
    (held.steps.slice(held.entry, held.entry + 6).some((step, at, all) => at > 0 && step.edgeKind === 'property' && step.edgeName === all[at - 1]!.edgeName && step.nodeName === all[at - 1]!.nodeName && step.edgeName !== '__proto__') ||
      /^(next|prev|previous|tail|head|_next|_prev)$/.test(held.steps[held.entry]?.edgeName ?? '')),
}
