import { NODE } from '../../model/heap-graph.ts'
import type { Held } from './pattern.ts'
import type { Pattern } from './pattern.ts'

/** A WeakRef, or a small record with one. */
function isRecord({ graph }: Held, node: number): boolean {
  const isWeakRef = (each: number): boolean => graph.nodeKind[each] === NODE['weak-reference'] || (graph.nodeKind[each] === NODE.object && graph.strings.get(graph.nodeName[each]!) === 'WeakRef')
  if (isWeakRef(node)) return true
  for (let edge = graph.firstEdge[node]!; edge < graph.firstEdge[node + 1]!; edge++) if (isWeakRef(graph.edgeTarget[edge]!)) return true
  return false
}

export const weakrefList: Pattern = {
  id: 'weakref-list',
  category: 'growing-collection',
  runtimes: ['v8'],
  title: 'a list of WeakRefs that is never swept',
  proves: 'A collection gains WeakRefs, or records around them; their targets are gone.',
  disproves: 'A list that is compacted when it grows.',
  why: 'A WeakRef lets its target go, not itself: the emptied reference and the record around it stay.',
  advice: 'Sweep when you insert, or take records out in a FinalizationRegistry.',
  example: {
    before: 'observers.push({ ref: new WeakRef(view) })',
    after: 'observers = observers.filter(({ ref }) => ref.deref() !== undefined)\nobservers.push({ ref: new WeakRef(view) })',
  },
  confidence: 'high',
  matches: (held) => held.membersOf((node) => isRecord(held, node)) > 0.5,
}
