import { hasClass, hasEdge } from './held.ts'
import type { Pattern } from './pattern.ts'

export const growingQueue: Pattern = {
  id: 'queue-not-drained',
  category: 'growing-collection',
  title: 'a queue that is filled faster than it is emptied',
  proves: 'A queue has more items at every step.',
  disproves: 'A queue that is empty between the rounds.',
  why: 'Work is queued per operation; the worker is slower, stopped, or waits for something.',
  advice: 'Bound the queue and push back (refuse, wait or drop), and watch its length.',
  example: {
    before: 'queue.push(job)',
    after: 'if (queue.length >= 1000) throw new Error(\'busy\')\nqueue.push(job)',
  },
  confidence: 'medium',
  matches: (held) => hasEdge(held, /^_?#?(queue|queued|backlog|pendingTasks|tasks|jobs|workQueue|deferredQueue|waitQueue|inbox|outbox|mailbox)$/i, { above: 0 }) || hasClass(held, /Queue$|^Denque$|^Deque$/, { above: 2 }),
}
