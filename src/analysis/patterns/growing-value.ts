import { holderIsOf } from './held.ts'
import type { Held, Pattern } from './pattern.ts'

export const growingValue: Pattern = {
  id: 'growing-value',
  category: 'growing-collection',
  title: 'one value that gets longer and longer',
  proves: 'One object of the same path is bigger at every step.',
  disproves: 'A buffer that is flushed.',
  why: 'Text, numbers or bytes are appended per operation to one value.',
  advice: 'Write it out and start again, or keep only the last part.',
  confidence: 'medium',
  matches: (held) => held.by === 'bytes' || isTree(held),
}

/** What grows is made of nodes in arrays of nodes, as collections are that are never changed but made anew. */
function isTree(held: Held): boolean {
  const { steps, entry, vocabulary } = held
  if (vocabulary.runtime !== 'v8' || holderIsOf(held, 'lists') || holderIsOf(held, 'maps') || holderIsOf(held, 'sets')) return false
  const { nodeName, nodeKind } = steps[entry]!
  return nodeKind === 'object' && !vocabulary.core.test(nodeName) && steps.slice(entry + 1, entry + 5).some((step, at) => step.nodeName === nodeName && /^(Array|)$/.test(steps[entry + at]!.nodeName))
}
