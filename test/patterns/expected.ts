import type { Category, Verdict } from '../../src/model/finding.ts'

/** What a program plants: the pattern, its family, and the class that piles up (its beginning). */
export interface Expected {
  pattern: string
  category: Category
  className: string
  /** `leak` when absent. */
  verdict?: Verdict
  /** Where a runtime holds something else: by major version. */
  classNameOn?: Partial<Record<number, string>>
}

/** By program under test/programs/patterns. */
export const EXPECTED: Record<string, Expected> = {
  'abort-listener-pile-up': { pattern: 'abort-listener-pile-up', category: 'listener', className: 'Download' },
  'agent-sockets': { pattern: 'socket-pile-up', category: 'socket', className: 'Socket', classNameOn: { 20: '', 22: '' } },
  'async-context-held': { pattern: 'async-store-held', category: 'async-context', className: 'Trace' },
  'bound-functions': { pattern: 'bound-functions-kept', category: 'closure-context', className: 'Widget' },
  'class-static': { pattern: 'growing-static', category: 'growing-collection', className: 'Service' },
  'closure-context': { pattern: 'closure-context', category: 'closure-context', className: 'Request' },
  'compiled-functions': { pattern: 'functions-made-from-text', category: 'growing-collection', className: '(anonymous function)' },
  'console-retained': { pattern: 'console-retained', category: 'other', className: 'Order', verdict: 'healthy' },
  'diagnostics-channel': { pattern: 'channel-subscription-pile-up', category: 'listener', className: 'Meter' },
  'duplicate-strings': { pattern: 'duplicate-strings', category: 'growing-collection', className: 'Object {country, status, id}' },
  'errors-kept': { pattern: 'errors-kept', category: 'growing-collection', className: 'Connection' },
  'event-iterator': { pattern: 'event-iterator-not-read', category: 'listener', className: 'Update' },
  'event-target-listener-pile-up': { pattern: 'event-target-listener-pile-up', category: 'listener', className: 'Panel' },
  'external-memory': { pattern: 'external-memory', category: 'external-memory', className: 'Uint8Array' },
  'finalization-holdings': { pattern: 'finalization-holdings', category: 'other', className: 'Handle' },
  'global-variable': { pattern: 'growing-global', category: 'growing-collection', className: 'AuditRecord' },
  'growing-array': { pattern: 'growing-array', category: 'growing-collection', className: 'LogEntry' },
  'growing-map': { pattern: 'growing-map', category: 'growing-collection', className: 'Visit' },
  'growing-object': { pattern: 'growing-object', category: 'growing-collection', className: 'Object {key, digits}' },
  'growing-set': { pattern: 'growing-map', category: 'growing-collection', className: 'Member' },
  'immediates-kept-by-errors': { pattern: 'immediates-kept-by-errors', category: 'timer', className: 'Immediate', classNameOn: { 20: 'Parcel', 22: 'Parcel' } },
  'growing-text': { pattern: 'text-appended', category: 'growing-collection', className: 'concatenated string' },
  'linked-list': { pattern: 'linked-list', category: 'growing-collection', className: 'Node' },
  'listener-pile-up': { pattern: 'listener-pile-up', category: 'listener', className: 'Client' },
  'long-timeout': { pattern: 'timer-pile-up', category: 'timer', className: 'Reminder' },
  'message-ports': { pattern: 'message-ports-open', category: 'other', className: 'MessagePort' },
  'metric-labels': { pattern: 'metric-label-explosion', category: 'growing-collection', className: 'Object {labels}' },
  'module-cache-growth': { pattern: 'module-cache-growth', category: 'module-cache', className: 'Module' },
  'pending-promise-pile-up': { pattern: 'pending-promise-pile-up', category: 'promise', className: 'Call' },
  'pooled-buffer': { pattern: 'external-memory', category: 'external-memory', className: 'Buffer' },
  'process-listener': { pattern: 'listener-pile-up', category: 'listener', className: 'Job' },
  'promise-never-settled': { pattern: 'promise-reaction-pile-up', category: 'promise', className: 'Order' },
  'promise-reaction-pile-up': { pattern: 'promise-reaction-pile-up', category: 'promise', className: 'Batch', classNameOn: { 26: 'system / PromiseReaction' } },
  'prototype-chain': { pattern: 'prototype-chain', category: 'other', className: 'Object {revision}' },
  proxies: { pattern: 'proxies-kept', category: 'growing-collection', className: 'State' },
  'readable-not-consumed': { pattern: 'stream-not-consumed', category: 'stream', className: 'Buffer' },
  'regexp-cache': { pattern: 'regexp-cache', category: 'growing-collection', className: '^user-' },
  'scheduler-queue': { pattern: 'cancelled-tasks-queued', category: 'growing-collection', className: 'Update' },
  'shared-closure-context': { pattern: 'captured-but-unused', category: 'closure-context', className: 'Upload' },
  'sliced-string': { pattern: 'sliced-string', category: 'string-slice', className: 'sliced string' },
  'spans-exporter': { pattern: 'exporter-not-flushed', category: 'growing-collection', className: 'Span' },
  'stream-never-unpiped': { pattern: 'stream-never-unpiped', category: 'stream', className: 'PassThrough' },
  'stream-not-consumed': { pattern: 'stream-not-consumed', category: 'stream', className: 'Object {chunk, encoding, callback}' },
  'subscription-pile-up': { pattern: 'subscription-pile-up', category: 'listener', className: 'Chart' },
  'suspended-async-function': { pattern: 'suspended-async-function', category: 'promise', className: 'Task' },
  'symbol-registry': { pattern: 'names-from-data', category: 'growing-collection', className: 'Object {on, name}' },
  'test-mocks': { pattern: 'mock-calls-kept', category: 'growing-collection', className: 'Row' },
  'timer-pile-up': { pattern: 'timer-pile-up', category: 'timer', className: 'Session' },
  'vm-contexts': { pattern: 'context-pile-up', category: 'detached', className: '' },
  'wasm-memory': { pattern: 'wasm-memory', category: 'external-memory', className: 'Memory' },
  'weakmap-key-held': { pattern: 'weakmap-key-held', category: 'growing-collection', className: 'Details' },
  'weakref-list': { pattern: 'weakref-list', category: 'growing-collection', className: 'Object {ref, label}' },
  'wrapped-closures': { pattern: 'function-wrapped-again', category: 'closure-context', className: 'Middleware' },
}
