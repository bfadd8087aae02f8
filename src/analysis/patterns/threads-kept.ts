import type { Pattern } from './pattern.ts'

export const threadsKept: Pattern = {
  id: 'threads-never-end',
  category: 'other',
  title: 'threads that never end',
  runtimes: ['jvm', 'cpython', 'go'],
  proves: 'There is one more thread at every step; each holds its stack and all its local variables.',
  disproves: 'A pool that still grows to its size.',
  why: 'A thread that runs or waits is a root: nothing it can reach ever goes. Besides, each takes a stack outside the heap.',
  advice: 'Use one bounded pool, and give each thread that is made an end: a flag or an interrupt that it obeys, and `join` where its owner closes. `shutdown()` pools that are made per object.',
  example: { before: 'ExecutorService pool = Executors.newCachedThreadPool();\npool.submit(task);', after: 'try (ExecutorService pool = Executors.newFixedThreadPool(4)) { // since 19\n  pool.submit(task);\n}' },
  remedies: {
    cpython: {
      advice: 'Use one `ThreadPoolExecutor` for all, or give the thread an `Event` that it obeys and `join` it where its owner closes.',
      example: { before: 'threading.Thread(target=poll, daemon=True).start()', after: 'stop = threading.Event()\nthread = threading.Thread(target=poll, args=(stop,))\nthread.start()\n…\nstop.set()\nthread.join()' },
    },
    go: {
      why: 'A goroutine that waits for a channel, lock or answer which never comes stays with its stack and all that it can reach; nobody else can end it.',
      advice: 'Give it a `context` that is cancelled, close the channel it reads from, or make the channel it sends to as long as there are senders.',
      example: { before: 'ch := make(chan result)\ngo func() { ch <- work() }()\nselect { case r := <-ch: …; case <-time.After(time.Second): }', after: 'ch := make(chan result, 1) // the sender never waits\ngo func() { ch <- work() }()\nselect { case r := <-ch: …; case <-ctx.Done(): }' },
    },
  },
  inOneSnapshot: { title: 'threads' },
  confidence: 'high',
  matches: (held) => {
    const entry = held.steps[held.entry]
    const { threadTable } = held.vocabulary
    const isWaiting = held.steps[held.holder - 1]?.nodeName === 'threading.Condition'
    // The runtime's own list of goroutines, as far as a Go dump names it.
    const isGoroutine = held.vocabulary.runtime === 'go' && entry?.nodeName.startsWith('runtime.malg ') === true
    return isGoroutine || entry?.nodeKind === 'thread' || entry?.edgeName.startsWith('thread ') === true || threadTable.test(held.steps[held.holder]?.edgeName ?? '') || isWaiting
  },
}
