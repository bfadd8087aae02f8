import { EDGE, edgeNameOf, type HeapGraph, NODE } from '../../model/heap-graph.ts'
import { entryIs, hasEdge, isCaptured } from './held.ts'
import type { Held, Pattern } from './pattern.ts'

const LISTS = /^[_#$]*(?:current|next|all|event)?(observers?|subscribers?|subscriptions?|subs|listeners?|watchers?|callbacks?|eventHandlers|finalizers|onChange|onUpdate)(map|set|list)?_*$/i

export const observerList: Pattern = {
  id: 'subscription-pile-up',
  category: 'listener',
  runtimes: ['v8'],
  title: 'subscriptions that are never ended',
  proves: 'A list of observers or callbacks gains one more each time.',
  disproves: 'Subscriptions that complete: then the list takes them out.',
  why: 'A hot source holds its subscribers; who only stops listening, without unsubscribing, stays in the list with all it refers to.',
  advice: 'Unsubscribe when the consumer ends: keep the subscription and end it, `takeUntil`, a reference-counted share (`refCount: true`), or the unsubscribe function that subscribing returned.',
  example: { before: 'return ticks.pipe(map(toQuote), shareReplay(1))', after: 'return ticks.pipe(map(toQuote), shareReplay({ bufferSize: 1, refCount: true }))' },
  inOneSnapshot: { title: 'subscriptions' },
  confidence: 'medium',
  matches: (held) =>
    (hasEdge(held, LISTS, { above: 1 }) && (isCaptured(held) || held.steps[held.entry]?.nodeKind === 'closure' || entryIs(held, /Subscri|Observer|Listener|Callback|Handler|Watcher|Effect|Object/))) ||
    (held.steps[held.entry]?.nodeKind === 'closure' && offersToListen(held)),
}

const LISTEN = /^(on|addListener|addEventListener|addHandler|subscribe|listen|observe|watch)$/
const LET_GO = /^(off|removeListener|removeEventListener|removeHandler|removeAllListeners|unsubscribe|unlisten|unobserve|unwatch)$/

/** How far the object that one listens to may stand above its list: a table of lists by the name of the event stands between. */
const MOST_ABOVE = 5

/** The list of functions belongs to an object on which one can begin to listen, and end it: an emitter of whatever make. */
function offersToListen({ graph, steps, path, holder }: Held): boolean {
  for (let step = holder; step >= Math.max(0, holder - MOST_ABOVE); step--) {
    const { nodeKind, edgeKind } = steps[step]!
    if (nodeKind === 'closure' || nodeKind === 'context' || nodeKind === 'synthetic') return false
    const methods = methodsOf(graph, path.nodes[step]!)
    if (methods.some((name) => LISTEN.test(name)) && methods.some((name) => LET_GO.test(name))) return true
    if (edgeKind === 'variable') return false
  }
  return false
}

/** Names of an object's functions, its own and those of its class. What further classes add is of more than listening. */
function methodsOf(graph: HeapGraph, node: number): string[] {
  const names: string[] = []
  const add = (of: number, isOwn: boolean): void => {
    for (let edge = graph.firstEdge[of]!; edge < graph.firstEdge[of + 1]!; edge++) {
      if (graph.edgeKind[edge] !== EDGE.property) continue
      const target = graph.edgeTarget[edge]!
      if (graph.nodeKind[target] === NODE.closure) names.push(edgeNameOf(graph, edge))
      else if (isOwn && edgeNameOf(graph, edge) === '__proto__') add(target, false)
    }
  }
  if (graph.nodeKind[node] === NODE.object) add(node, true)
  return names
}
