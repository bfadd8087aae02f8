import type { Expected } from './expected.ts'

/** By program under test/programs/jvm. */
export const EXPECTED_JVM: Record<string, Expected> = {
  BeanListeners: { pattern: 'listener-pile-up', category: 'listener', className: 'BeanListeners$BalanceView' },
  DeleteOnExit: { pattern: 'exit-hook-pile-up', category: 'listener', className: 'java.util.' },
  ExitHooks: { pattern: 'exit-hook-pile-up', category: 'listener', className: 'ExitHooks$Cleanup' },
  FailuresKept: { pattern: 'errors-kept', category: 'growing-collection', className: 'FailuresKept$DeliveryException' },
  InnerClass: { pattern: 'closure-context', category: 'closure-context', className: 'InnerClass$Document' },
  InstanceList: { pattern: 'growing-array', category: 'growing-collection', className: 'InstanceList$Posting' },
  LambdaCapture: { pattern: 'closure-context', category: 'closure-context', className: 'LambdaCapture$Connection' },
  LinkedHistory: { pattern: 'growing-array', category: 'growing-collection', className: 'LinkedHistory$Change' },
  Listeners: { pattern: 'listener-pile-up', category: 'listener', className: 'Listeners$Ticker' },
  NeverCompleted: { pattern: 'promise-reaction-pile-up', category: 'promise', className: 'NeverCompleted$Request' },
  Redeploy: { pattern: 'class-loader-kept', category: 'module-cache', className: 'Redeploy$AppDriver' },
  ScheduledTasks: { pattern: 'timer-pile-up', category: 'timer', className: 'ScheduledTasks$Reminder' },
  StalledFinalizer: { pattern: 'finalizers-stalled', category: 'other', className: 'StalledFinalizer$Handle' },
  StaticMap: { pattern: 'growing-static', category: 'growing-collection', className: 'StaticMap$Session' },
  ThreadLocalList: { pattern: 'thread-local-kept', category: 'other', className: 'ThreadLocalList$AuditStep' },
  ThreadLocalPerCall: { pattern: 'thread-local-kept', category: 'other', className: 'ThreadLocalPerCall$UserContext' },
  ThreadsNeverEnd: { pattern: 'threads-never-end', category: 'other', className: 'ThreadsNeverEnd$Poller' },
  TreeInHandler: { pattern: 'growing-map', category: 'growing-collection', className: 'TreeInHandler$Socket' },
  UnboundedCache: { pattern: 'unbounded-cache', category: 'growing-collection', className: 'UnboundedCache$Quote' },
  WeakKeyHeld: { pattern: 'weakmap-key-held', category: 'growing-collection', className: 'WeakKeyHeld$Details' },
  WorkQueue: { pattern: 'queue-not-drained', category: 'growing-collection', className: 'WorkQueue$Mail' },
}
