import type { Pattern } from './pattern.ts'

export const threadLocal: Pattern = {
  id: 'thread-local-kept',
  category: 'other',
  title: 'values that a thread keeps for itself',
  runtimes: ['jvm', 'cpython'],
  proves: 'What grows is reached from a thread that lives on through its own thread-local values.',
  disproves: 'A value per thread that is replaced, or a thread that ends.',
  why: 'The thread holds the value, and threads of a pool never end. The key is weak, but a value that reaches its key (an inner class, a lambda, the class loader of an application) keeps the entry for ever.',
  advice: 'Call `remove()` in a `finally` where the request ends, and keep one `static final ThreadLocal`, not one an instance.',
  example: { before: 'CONTEXT.set(new UserContext(user));\nhandle();', after: 'CONTEXT.set(new UserContext(user));\ntry { handle(); } finally { CONTEXT.remove(); }' },
  remedies: {
    cpython: {
      why: 'A `threading.local` keeps one dictionary of attributes a thread, and threads of a pool never end.',
      advice: 'Delete the attribute in a `finally` where the request ends, or use a `contextvars.ContextVar` and `reset` its token.',
      example: { before: 'local.trail.append(step)', after: 'local.trail = []\ntry:\n    handle()\nfinally:\n    del local.trail' },
    },
  },
  confidence: 'high',
  matches: (held) => {
    const { threadLocals } = held.vocabulary
    return held.steps.slice(0, held.entry + 1).some((step) => (step.edgeKind !== 'element' && threadLocals.test(step.edgeName)) || threadLocals.test(step.nodeName))
  },
}
