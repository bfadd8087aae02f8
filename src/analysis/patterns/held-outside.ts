import type { Pattern } from './pattern.ts'

export const heldOutside: Pattern = {
  id: 'held-by-the-interpreter',
  category: 'other',
  title: 'objects that only the interpreter or an extension holds',
  runtimes: ['cpython'],
  proves: 'Objects of the program become more, and no module, class, frame or object holds them: something written in C does.',
  disproves: 'Objects of the interpreter alone.',
  why: '`atexit`, `signal`, `sys.settrace` and callbacks given to extensions are kept where the collector does not look; an extension that forgets to give back a reference keeps its object for ever.',
  advice: 'Look for what is registered per operation (`atexit.register`, callbacks of an extension) and take it back (`atexit.unregister`). If nothing is, leave out one extension after the other until the growth stops.',
  example: { before: 'atexit.register(session.close)', after: 'with contextlib.closing(session):\n    work(session)' },
  confidence: 'medium',
  matches: (held) => held.steps[0]?.edgeName.startsWith('held by the interpreter') === true,
}
