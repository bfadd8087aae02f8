import type { Pattern } from './pattern.ts'

export const finalizerQueue: Pattern = {
  id: 'finalizers-stalled',
  category: 'other',
  title: 'objects that wait for their finalizer',
  runtimes: ['jvm'],
  proves: 'Objects held only by the queue of finalizers (`java.lang.ref.Finalizer`) become more each time.',
  disproves: 'Objects that a second collection frees.',
  why: 'An object with a `finalize` method is kept until it has run. One thread runs them all: when one finalizer waits or is slow, everything with a finalizer stays.',
  advice: 'Look at the stack of the thread `Finalizer` for what it waits for. Close resources with try-with-resources, and put a `java.lang.ref.Cleaner` in the place of `finalize`.',
  example: { before: '@Override protected void finalize() { connection.close(); }', after: 'class Handle implements AutoCloseable {\n  private final Cleaner.Cleanable cleanable = CLEANER.register(this, new Close(address));\n  @Override public void close() { cleanable.clean(); }\n}' },
  inOneSnapshot: { suspectFrom: 1000 },
  confidence: 'high',
  matches: (held) => held.steps.slice(Math.max(0, held.entry - 1), held.entry + 2).some((step) => step.nodeName === 'java.lang.ref.Finalizer'),
}
