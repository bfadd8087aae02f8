import { hasClass } from './held.ts'
import type { Pattern } from './pattern.ts'

export const exitHooks: Pattern = {
  id: 'exit-hook-pile-up',
  category: 'listener',
  title: 'work for the end of the process that is registered again and again',
  runtimes: ['jvm', 'cpython'],
  proves: 'The runtime’s list of hooks, or of files to delete at the end, is longer at every step.',
  disproves: 'A hook registered once at the start.',
  why: 'What is to be done at the end is kept until the end: `deleteOnExit` keeps the path of every file, also of those that are long gone; a hook keeps its thread and what that refers to.',
  advice: 'Register one hook that looks at what is alive then, or take it back (`removeShutdownHook`). Delete temporary files where their work ends, in a `finally`.',
  example: { before: 'Path file = Files.createTempFile("upload", null);\nfile.toFile().deleteOnExit();', after: 'Path file = Files.createTempFile("upload", null);\ntry { store(file); } finally { Files.deleteIfExists(file); }' },
  remedies: {
    cpython: {
      why: 'What `atexit.register` or `weakref.finalize` is given is kept until the end of the process.',
      advice: 'Register one function at start that looks at what is alive then, or take it back with `atexit.unregister`; close in a `finally` or a `with`.',
      example: { before: 'atexit.register(session.close)', after: 'with contextlib.closing(session):\n    work(session)' },
    },
  },
  inOneSnapshot: { suspectFrom: 1000 },
  confidence: 'high',
  matches: (held) => hasClass(held, /^class java\.(lang\.(ApplicationShutdownHooks|Shutdown)|io\.DeleteOnExitHook)$/, { above: 3 }) || held.steps.slice(0, held.entry).some((step) => step.nodeName === 'weakref.finalize' || step.nodeName === 'class weakref.finalize'),
}
