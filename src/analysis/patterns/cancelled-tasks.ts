import { EDGE, edgeNameOf, NODE } from '../../model/heap-graph.ts'
import { words } from './held.ts'
import type { Held } from './pattern.ts'
import type { Pattern } from './pattern.ts'

const CALLBACK = /^(callback|fn|run|task|handler|execute)$/

/** A task whose callback is there by name and is no function: null or undefined. */
function isCancelled({ graph }: Held, node: number): boolean {
  let properties = 0
  for (let edge = graph.firstEdge[node]!; edge < graph.firstEdge[node + 1]!; edge++) {
    if (graph.edgeKind[edge] !== EDGE.property || edgeNameOf(graph, edge) === '__proto__') continue
    properties++
    const target = graph.edgeTarget[edge]!
    if (CALLBACK.test(edgeNameOf(graph, edge))) return graph.nodeKind[target] !== NODE.closure && graph.nodeKind[target] !== NODE.object
  }
  return false
}

export const cancelledTasks: Pattern = {
  id: 'cancelled-tasks-queued',
  category: 'growing-collection',
  runtimes: ['v8'],
  title: 'tasks that were cancelled and are still in the queue',
  proves: 'A queue gains tasks whose callback is empty.',
  disproves: 'A queue that drops cancelled tasks when it is read.',
  why: 'Cancelling clears the callback, not the place in the queue; a queue that is not run keeps it.',
  advice: 'Take the task out, or compact the queue when many are empty.',
  confidence: 'medium',
  matches: (held) => /queue|heap|tasks|jobs|scheduled/i.test(words(held, 1)) && held.membersOf((node) => isCancelled(held, node)) > 0.25,
}
