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
  confidence: 'high',
  matches: (held) => (hasEdge(held, /^_idle(Next|Prev)$|^timerListMap$/) || hasClass(held, /^(TimersList|ImmediateList)$/)) && entryIs(held, /^(Timeout|Immediate|Timer)$/),
}
