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
  remedies: {
    jvm: {
      why: 'Work is queued per operation; the worker is slower, stopped, or waits for something. `Executors.newFixedThreadPool` has a queue without an end.',
      advice: 'Bound the queue and say what happens when it is full, and give what the workers wait for a time-out.',
      example: {
        before: 'ExecutorService pool = Executors.newFixedThreadPool(4);',
        after: 'ExecutorService pool = new ThreadPoolExecutor(4, 4, 0, SECONDS,\n    new ArrayBlockingQueue<>(1000), new ThreadPoolExecutor.CallerRunsPolicy());',
      },
    },
    cpython: {
      why: 'Work is put in per operation; the worker is slower, has ended, or waits for something.',
      advice: 'Bound the queue (`maxsize`), so that whoever fills it waits or is refused, and watch `qsize()`.',
      example: { before: 'jobs = queue.Queue()', after: 'jobs = queue.Queue(maxsize=1000)' },
    },
  },
  inOneSnapshot: { title: 'a queue that holds much' },
  confidence: 'medium',
  matches: (held) => hasEdge(held, /^_?#?(queue|queued|backlog|pendingTasks|tasks|jobs|workQueue|deferredQueue|waitQueue|inbox|outbox|mailbox)$/i, { above: 0 }) || hasClass(held, held.vocabulary.queues, { above: 2 }),
}
