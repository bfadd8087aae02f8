import type { Pattern } from './pattern.ts'

export const garbageKept: Pattern = {
  id: 'garbage-kept',
  category: 'other',
  title: 'garbage that the collector was told to keep',
  runtimes: ['cpython'],
  proves: '`gc.garbage` is longer at every step.',
  disproves: 'A debugging session that is meant to look at it.',
  why: 'With `gc.DEBUG_SAVEALL` everything the collector finds goes to `gc.garbage` and stays. Without it, only objects of extensions land there whose cycles cannot be broken.',
  advice: 'Switch it off (`gc.set_debug(0)`) and clear the list; break the cycles of objects that come without the flag.',
  example: { before: 'gc.set_debug(gc.DEBUG_LEAK)', after: 'gc.set_debug(0)\ngc.garbage.clear()' },
  inOneSnapshot: { suspectFrom: 100 },
  confidence: 'high',
  matches: (held) => held.steps.slice(0, held.entry).some((step, at, all) => step.edgeName === 'garbage' && all[at - 1]?.nodeKind === 'module' && all[at - 1]?.nodeName === 'gc'),
}
