import { EDGE, edgeNameOf } from '../../model/heap-graph.ts'
import type { Held, Pattern } from './pattern.ts'

/** Its finalizer has run, and yet it is here. */
function isFinalized({ graph }: Held, node: number): boolean {
  for (let edge = graph.firstEdge[node]!; edge < graph.firstEdge[node + 1]!; edge++) {
    if (graph.edgeKind[edge] === EDGE.weak && graph.edgeTarget[edge] === node && edgeNameOf(graph, edge) === 'finalized') return true
  }
  return false
}

export const resurrected: Pattern = {
  id: 'resurrected-by-finalizer',
  category: 'other',
  title: 'objects that their own `__del__` brings back',
  runtimes: ['cpython'],
  proves: 'The `__del__` of most of the objects has run, and they are held all the same.',
  disproves: 'A pool that takes its objects out again.',
  why: '`__del__` runs when nothing holds an object any more; if it stores `self` somewhere the object lives on, and `__del__` does not run a second time.',
  advice: 'Do not give `self` away in `__del__`: return to a pool in `close()` or `__exit__`, and let `weakref.finalize` clean up with what it needs, not with the object.',
  example: { before: 'def __del__(self):\n    POOL.append(self)', after: 'def __exit__(self, *_):\n    POOL.append(self)' },
  inOneSnapshot: { suspectFrom: 100 },
  confidence: 'high',
  matches: (held) => held.membersOf((node) => isFinalized(held, node)) > 0.5,
}
