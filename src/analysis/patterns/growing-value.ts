import type { Pattern } from './pattern.ts'

export const growingValue: Pattern = {
  id: 'growing-value',
  category: 'growing-collection',
  title: 'one value that gets longer and longer',
  proves: 'One object of the same path is bigger at every step.',
  disproves: 'A buffer that is flushed.',
  why: 'Text, numbers or bytes are appended per operation to one value.',
  advice: 'Write it out and start again, or keep only the last part.',
  confidence: 'medium',
  matches: (held) => held.by === 'bytes',
}
