import { nodeNameOf } from '../../model/heap-graph.ts'
import { isWaited } from './held.ts'
import type { Held, Pattern } from './pattern.ts'

export const suspendedFunction: Pattern = {
  id: 'suspended-async-function',
  category: 'promise',
  title: 'async functions that wait for something which never comes',
  proves: 'Suspended functions, with all their local variables, become more each time; they wait for a promise.',
  disproves: 'Functions that go on when their answer arrives.',
  why: 'An `await` keeps the whole frame: parameters, local variables, `this`. If the promise never settles the frame stays.',
  advice: 'Give what is awaited an end: a time-out, an AbortSignal, a rejection when the connection closes.',
  example: {
    before: 'await gate.opened',
    after: 'await Promise.race([gate.opened, rejectAfter(10_000)]) // and let go of the loser',
  },
  remedies: {
    cpython: {
      title: 'generators or coroutines that were begun and not finished',
      proves: 'Suspended generators or coroutines, with all their local variables, become more each time.',
      why: 'A generator that was begun and not finished keeps its frame with all local variables, and so does a coroutine that waits; a task that never ends keeps its coroutine.',
      advice: 'Finish or `close()` generators (`contextlib.closing`), give what is awaited a time-out (`asyncio.timeout`), cancel tasks where their work ends.',
      example: { before: 'rows = read_rows(file)\nfirst = next(rows)\nOPEN.append(rows)', after: 'with contextlib.closing(read_rows(file)) as rows:\n    first = next(rows)' },
    },
    jvm: {
      title: 'coroutines that wait for something which never comes',
      proves: 'Suspended coroutines, with all their local variables, become more each time.',
      why: 'A coroutine that waits keeps its continuation, and that all local variables.',
      advice: 'Give what is awaited an end (`withTimeout`), and cancel the scope where the work ends.',
      example: { before: 'GlobalScope.launch { gate.await() }', after: 'scope.launch { withTimeout(10_000) { gate.await() } }' },
    },
  },
  inOneSnapshot: { title: 'functions that were begun and wait' },
  confidence: 'high',
  matches: (held) =>
    (held.vocabulary.runtime !== 'v8' || isWaited(held)) &&
    (held.steps.slice(held.entry).some((step) => held.vocabulary.suspended.test(step.edgeName) || held.vocabulary.suspended.test(step.nodeName)) || ownsSuspended(held)),
}

/** Most of what grows are tasks: each has a function of its own that was begun and waits. */
function ownsSuspended({ graph, vocabulary, membersOf }: Held): boolean {
  if (vocabulary.runtime === 'v8') return false
  const share = membersOf((node) => {
    if (!vocabulary.waiting.test(nodeNameOf(graph, node))) return false
    for (let edge = graph.firstEdge[node]!; edge < graph.firstEdge[node + 1]!; edge++) if (vocabulary.suspended.test(nodeNameOf(graph, graph.edgeTarget[edge]!))) return true
    return false
  })
  return share > 0.5
}
