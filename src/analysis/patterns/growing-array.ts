import { holderIsOf } from './held.ts'
import type { Pattern } from './pattern.ts'

export const growingArray: Pattern = {
  id: 'growing-array',
  category: 'growing-collection',
  title: 'an array that only grows',
  proves: 'The same array is longer at every step and none of the new items goes.',
  disproves: 'A queue that is drained between the rounds.',
  why: 'Items are pushed per operation and nobody takes them out.',
  advice: 'Take items out when they are done, keep only the last ones (a ring buffer), or write them elsewhere.',
  example: { before: 'log.push(entry)', after: 'log.push(entry)\nif (log.length > 1000) log.splice(0, log.length - 1000)' },
  remedies: {
    jvm: {
      title: 'a list that only grows',
      proves: 'The same list is longer at every step and none of the new items goes.',
      advice: 'Take items out when they are done, keep only the last ones, or write them elsewhere.',
      example: { before: 'log.add(entry);', after: 'log.addLast(entry); // an ArrayDeque\nif (log.size() > 1000) log.removeFirst();' },
    },
    cpython: {
      title: 'a list that only grows',
      proves: 'The same list is longer at every step and none of the new items goes.',
      advice: 'Take items out when they are done, keep only the last ones (`collections.deque(maxlen=…)`), or write them elsewhere.',
      example: { before: 'log = []\nlog.append(entry)', after: 'log = collections.deque(maxlen=1000)\nlog.append(entry)' },
    },
  },
  inOneSnapshot: { title: 'a list' },
  confidence: 'high',
  matches: (held) => holderIsOf(held, 'lists') || holderIsOf(held, 'queues'),
}
