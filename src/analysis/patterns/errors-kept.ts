import type { Pattern } from './pattern.ts'

export const errorsKept: Pattern = {
  id: 'errors-kept',
  category: 'growing-collection',
  title: 'errors that are kept and keep what failed',
  proves: 'A collection gains Errors; an unread stack holds the receivers and functions of its frames.',
  disproves: 'Errors whose stack was read: they hold text only.',
  why: 'Until `.stack` is read for the first time an Error holds the objects of its call stack; `cause` holds the error before.',
  advice: 'Store message and code, or read `.stack` when the error is stored; keep a bounded number.',
  example: {
    before: 'failures.push(error)',
    after: 'failures.push({ message: error.message, code: error.code, at: Date.now() })',
  },
  remedies: {
    jvm: {
      title: 'exceptions that are kept and keep what failed',
      proves: 'A collection gains exceptions; each keeps what the program gave it.',
      why: 'An exception holds its stack trace, its cause, what was suppressed, and whatever the program gave it.',
      advice: 'Store message and class, and keep a bounded number; do not give exceptions the objects they speak of.',
      example: { before: 'failures.add(exception);', after: 'failures.add(exception.toString());\nif (failures.size() > 100) failures.remove(0);' },
    },
    cpython: {
      title: 'exceptions that are kept, with the variables of all their frames',
      proves: 'A collection gains exceptions; their tracebacks hold the frames in which they were raised.',
      why: 'An exception holds its traceback, that the frames, and these all local variables of the functions that failed; `__context__` holds the exception before.',
      advice: 'Store `str(error)` or `traceback.format_exception(error)`; if it must be the exception, `error.with_traceback(None)` or `traceback.clear_frames(error.__traceback__)` first.',
      example: { before: 'except ValueError as error:\n    failures.append(error)', after: 'except ValueError as error:\n    failures.append(repr(error))' },
    },
  },
  inOneSnapshot: { suspectFrom: 100 },
  confidence: 'high',
  matches: (held) => held.steps.slice(held.entry, held.entry + 3).some((step) => step.nodeKind !== 'class' && held.vocabulary.errors.test(step.nodeName)),
}
