import { entryIs, hasClass, hasEdge } from './held.ts'
import type { Pattern } from './pattern.ts'

export const timer: Pattern = {
  id: 'timer-pile-up',
  category: 'timer',
  title: 'timers that are never cleared',
  proves: 'The timer list holds one more Timeout each time; its callback keeps everything it captured.',
  disproves: 'Timeouts that end before the next snapshot, or one long interval that is replaced.',
  why: 'The runtime holds a running timer, the timer its callback, the callback its variables. `unref()` only lets the process end.',
  advice: 'Clear the timer where the thing it serves ends (close, error, dispose), or run one shared timer over a list of live things.',
  example: {
    before: 'const timer = setInterval(() => ping(socket), 30_000)',
    after: "const timer = setInterval(() => ping(socket), 30_000)\nsocket.once('close', () => clearInterval(timer))",
  },
  remedies: {
    jvm: {
      title: 'scheduled tasks that are never cancelled',
      proves: 'The scheduler’s queue holds one more task each time; the task keeps everything it refers to.',
      why: 'A scheduler holds a task until its time has come, the task whatever it refers to. A cancelled task stays too, until then, unless `setRemoveOnCancelPolicy(true)` was called.',
      advice: 'Keep the future and `cancel` it where the thing it serves ends, with `setRemoveOnCancelPolicy(true)`; or run one task over a collection of live things.',
      example: {
        before: 'clock.schedule(() -> session.expire(), 1, DAYS);',
        after: 'clock.setRemoveOnCancelPolicy(true);\nScheduledFuture<?> expiry = clock.schedule(session::expire, 1, DAYS);\nsession.onClose(() -> expiry.cancel(false));',
      },
    },
    cpython: {
      why: 'The loop, or a thread of its own, holds a timer until its time has come; the timer its function and arguments.',
      advice: 'Keep the handle and `cancel()` it where the thing it serves ends.',
      example: { before: 'loop.call_later(86_400, session.expire)', after: 'expiry = loop.call_later(86_400, session.expire)\nsession.on_close(expiry.cancel)' },
    },
  },
  inOneSnapshot: { title: 'timers and tasks that wait' },
  confidence: 'high',
  matches: (held) =>
    entryIs(held, held.vocabulary.timers) &&
    (held.vocabulary.runtime !== 'v8' || hasEdge(held, /^_idle(Next|Prev)$|^timerListMap$/) || hasClass(held, held.vocabulary.timerQueues)),
}
