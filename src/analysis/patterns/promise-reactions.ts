import { isWaited } from './held.ts'
import type { Pattern } from './pattern.ts'

export const promiseReactions: Pattern = {
  id: 'promise-reaction-pile-up',
  category: 'promise',
  title: 'reactions that pile up on a promise which never settles',
  proves: 'One pending promise gains one more reaction each time; a reaction keeps what waits for it.',
  disproves: 'A promise that settles: it then lets all reactions go.',
  why: '`Promise.race`, `then` and `await` add a reaction to every promise they are given, and it cannot be taken back. Racing short work against one long-lived promise collects a reaction, and the race’s result, each time.',
  advice: 'Do not race against a promise that lives as long as the process. Use an AbortSignal or an event that is removed after each piece of work, or a race that lets go (one deferred per race, unregistered afterwards).',
  example: {
    before: 'const job = await Promise.race([takeJob(), shutdown])',
    after: 'const stop = new AbortController()\nlifetime.add(stop)\ntry { job = await takeJob({ signal: stop.signal }) } finally { lifetime.delete(stop) }',
  },
  remedies: {
    jvm: {
      title: 'stages that pile up on a future which never completes',
      proves: 'One future that is not complete gains one more dependent stage each time; a stage keeps what waits for it.',
      why: 'A stage (`thenApply`, `whenComplete`, `anyOf`) is kept by the future it waits for, until that completes; it cannot be taken back. `anyOf` adds one to every future it is given, each time.',
      advice: 'Let every future complete: `orTimeout`, `completeExceptionally` when the connection closes. Do not hang short work on a future that lives as long as the process.',
      example: { before: 'connected.thenApply(request::send);', after: 'connected.copy().orTimeout(10, SECONDS).thenApply(request::send);' },
    },
    cpython: {
      title: 'callbacks that pile up on a future which is never done',
      proves: 'One future that is not done gains one more callback each time; a callback keeps what waits for it.',
      why: 'A future or task keeps the callbacks of those who wait for it until it is done; `asyncio.wait` on a long-lived one adds to them each time.',
      advice: 'Give what is awaited an end (`asyncio.timeout`, `set_exception` when the connection closes), and take callbacks back (`remove_done_callback`).',
      example: { before: 'closed.add_done_callback(request.abort)', after: 'closed.add_done_callback(request.abort)\ntry:\n    await request.run()\nfinally:\n    closed.remove_done_callback(request.abort)' },
    },
  },
  inOneSnapshot: { title: 'what waits for one promise or future' },
  confidence: 'high',
  matches: (held) => isWaited(held),
}
