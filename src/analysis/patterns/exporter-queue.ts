import { hasClass, hasEdge } from './held.ts'
import type { Pattern } from './pattern.ts'

export const exporterQueue: Pattern = {
  id: 'exporter-not-flushed',
  category: 'growing-collection',
  runtimes: ['v8'],
  title: 'records or spans that an exporter never sends off',
  proves: 'The exporter\'s list gains records at every step.',
  disproves: 'A batch that is sent and emptied.',
  why: 'An in-memory exporter, or one whose receiver is down, keeps everything.',
  advice: 'Use a batching exporter with a maximum queue, and drop when it is full.',
  inOneSnapshot: { title: 'records or spans not sent off' },
  confidence: 'medium',
  matches: (held) => hasEdge(held, /^_?(finishedSpans|finishedLogRecords|spans|logRecords|breadcrumbs|unsentEvents|pendingExports|buffer(ed)?(Logs|Spans|Events)?)$/, { above: 1 }) && hasClass(held, /Export|Span|Trac|Log|Transport|Hub|Scope|Reporter|Agent|Recorder/, { above: 2 }),
}
