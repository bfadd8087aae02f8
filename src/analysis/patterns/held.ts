import { edgeNameOf } from '../../model/heap-graph.ts'
import type { PathStep } from '../../model/retaining-path.ts'
import type { Held } from './pattern.ts'

/**
 * The steps that belong together with the holder: up to `above` before it, but not past the function or the captured
 * variable through which it is reached. What stands above that is how one gets there, not what holds.
 */
export function around(held: Held, above: number): readonly PathStep[] {
  let from = held.holder
  while (from > 0 && held.holder - from < above && held.steps[from]!.edgeKind !== 'variable') {
    const kind = held.steps[from - 1]!.nodeKind
    if (kind === 'closure' || kind === 'context' || kind === 'synthetic') break
    from--
  }
  return held.steps.slice(from, held.entry + 1)
}

/** A reference of this name leads to the growth, from `above` steps before the holder on. */
export function hasEdge(held: Held, name: RegExp, { above = 2 }: { above?: number } = {}): boolean {
  return around(held, above).some((step) => step.edgeKind !== 'element' && name.test(step.edgeName)) || held.ownerEdges.some((edge) => name.test(edge))
}

/** An object of this class stands between `above` steps before the holder and the first growing object. */
export function hasClass(held: Held, name: RegExp, { above = 2 }: { above?: number } = {}): boolean {
  return around(held, above).some((step) => name.test(step.nodeName))
}

/** The holder, or what directly stands around it, is of this class. */
export function holderIs(held: Held, name: RegExp): boolean {
  return name.test(held.steps[held.holder]?.nodeName ?? '')
}

/** With most of the growing objects comes one of this class. */
export function hasClassBelow(held: Held, name: RegExp): boolean {
  return held.classes.some((each) => name.test(each.className) && each.countRate >= 0.5 * held.countRate)
}

/** The holder is what the graph's runtime calls so. */
export function holderIsOf(held: Held, kind: 'maps' | 'sets' | 'lists' | 'queues' | 'caches'): boolean {
  return holderIs(held, held.vocabulary[kind])
}

/** The first growing object is of this class. */
export function entryIs(held: Held, name: RegExp): boolean {
  return name.test(held.steps[held.entry]?.nodeName ?? '')
}

/** Names that lead from a few steps above the holder to the first growing object, for rules on words. */
export function words(held: Held, above = 3): string {
  return around(held, above).map((step) => `${step.edgeName} ${step.nodeName}`).join(' ')
}

/** What grows waits for one promise or future. */
export function isWaited(held: Held): boolean {
  const { waiting, runtime } = held.vocabulary
  if (runtime === 'v8') return hasClass(held, waiting, { above: 0 })
  // The JVM's classes are of those that wait, Python's of what they wait for.
  const end = runtime === 'jvm' ? held.entry + 1 : Math.max(held.entry, held.holder + 1)
  return held.steps.slice(Math.max(0, held.holder - 1), end).some((step) => waiting.test(step.nodeName))
}

/** Below the first growing object the path goes through what a function, a lambda or an inner class captured. */
export function isCaptured(held: Held): boolean {
  const { captured, runtime } = held.vocabulary
  if (runtime === 'v8') return held.steps.slice(held.entry).some((step) => step.edgeKind === 'variable')
  return held.steps.slice(held.entry + 1).some((step) => step.edgeKind === 'variable' || captured.test(step.edgeName)) || capturesWhatGrows(held)
}

/** Most of the objects at the top of the growth captured something of a class that grows with them. */
function capturesWhatGrows({ graph, vocabulary, classes, membersOf }: Held): boolean {
  const grown = new Set(classes.map((each) => graph.nodeName[each.example]))
  const share = membersOf((node) => {
    for (let edge = graph.firstEdge[node]!; edge < graph.firstEdge[node + 1]!; edge++) {
      const target = graph.edgeTarget[edge]!
      if (grown.has(graph.nodeName[target]) && graph.nodeName[target] !== graph.nodeName[node] && vocabulary.captured.test(edgeNameOf(graph, edge))) return true
    }
    return false
  })
  return share > 0.5
}
