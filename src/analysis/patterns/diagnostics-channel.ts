import { hasClass, hasEdge } from './held.ts'
import type { Pattern } from './pattern.ts'

export const diagnosticsChannel: Pattern = {
  id: 'channel-subscription-pile-up',
  category: 'listener',
  runtimes: ['v8'],
  title: 'subscriptions to a diagnostics channel that are never ended',
  proves: 'A channel gains one more subscriber each time.',
  disproves: 'A subscription per module.',
  why: 'Channels are global and hold their subscribers for ever.',
  advice: 'Subscribe once when the module loads, or call `unsubscribe` with the same function.',
  example: {
    before: 'channel(\'app.request\').subscribe((message) => meter.record(message))',
    after: 'channel(\'app.request\').subscribe(record)\nclose = () => channel(\'app.request\').unsubscribe(record)',
  },
  confidence: 'high',
  matches: (held) => hasClass(held, /^(ActiveChannel|Channel|TracingChannel)$/, { above: 2 }) && hasEdge(held, /^_subscribers$|^_stores$/, { above: 1 }),
}
