import { hasClass, hasEdge } from './held.ts'
import type { Pattern } from './pattern.ts'

export const streamPipe: Pattern = {
  id: 'stream-never-unpiped',
  category: 'stream',
  runtimes: ['v8'],
  title: 'streams piped from a long-lived source and never unpiped',
  proves: "The source's list of pipes (and the listeners that `pipe()` adds) gains one destination each time.",
  disproves: 'Destinations that end: then `pipe()` takes itself out.',
  why: 'A source holds every destination until it ends or is unpiped; a destination that is merely dropped stays, and slows the source down.',
  advice: 'Call `source.unpipe(destination)` and destroy the destination when its consumer leaves; for chains that should end together use `pipeline`.',
  example: {
    before: 'logs.pipe(viewer)',
    after: "logs.pipe(viewer)\nresponse.once('close', () => { logs.unpipe(viewer); viewer.destroy() })",
  },
  confidence: 'high',
  matches: (held) => hasEdge(held, /^(pipes|awaitDrainWriters)$/, { above: 1 }) && hasClass(held, /State$|Readable|Writable|Duplex|Transform|PassThrough|Array/, { above: 3 }),
}
