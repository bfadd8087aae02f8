import type { HeapIndex } from '../heap/heap-index.ts'

/** How one class changed between the first and the last snapshot. */
export interface ClassChange {
  readonly className: string
  /** Instances in the first snapshot, and in the last. */
  readonly before: number
  readonly after: number
  /** Known where objects keep their ids. */
  readonly born?: number | undefined
  readonly died?: number | undefined
  readonly survived?: number | undefined
  /** Difference of the shallow sizes. */
  readonly grownBytes: number
}

/** Instances and bytes of one snapshot by class, with the highest id given out: all that a comparison needs later. */
export interface ClassCounts {
  readonly byClass: ReadonlyMap<string, { count: number; bytes: number }>
  readonly lastId: number
}

/** Counts the nodes of a graph that are alive, by class. */
export function countClasses(index: HeapIndex): ClassCounts {
  const { graph } = index
  const byClass = new Map<string, { count: number; bytes: number }>()
  let lastId = 0
  for (const node of livingNodes(index)) {
    const className = index.classOf(node)
    const known = byClass.get(className)
    if (known === undefined) byClass.set(className, { count: 1, bytes: graph.shallowBytes[node]! })
    else {
      known.count++
      known.bytes += graph.shallowBytes[node]!
    }
    if (graph.nodeId[node]! > lastId) lastId = graph.nodeId[node]!
  }
  return { byClass, lastId }
}

/**
 * Born, died and survived by class. An id is given once and only upwards, so what is in the last snapshot with an id
 * up to the first one's highest has survived; no set of ids is needed. `comparable`: the ids are of one process.
 */
export function findClassChanges(first: ClassCounts, last: HeapIndex, comparable: 'ids' | 'classes'): ClassChange[] {
  const after = countClasses(last)
  const survivedOf = new Map<string, number>()
  if (comparable === 'ids') {
    for (const node of livingNodes(last)) {
      if (last.graph.nodeId[node]! > first.lastId) continue
      const className = last.classOf(node)
      survivedOf.set(className, (survivedOf.get(className) ?? 0) + 1)
    }
  }
  const changes: ClassChange[] = []
  for (const className of new Set([...first.byClass.keys(), ...after.byClass.keys()])) {
    const then = first.byClass.get(className) ?? { count: 0, bytes: 0 }
    const now = after.byClass.get(className) ?? { count: 0, bytes: 0 }
    const old = Math.min(survivedOf.get(className) ?? 0, then.count) // an object may change its class
    const moves = comparable === 'ids' ? { born: now.count - old, died: then.count - old, survived: old } : {}
    if (now.count === then.count && now.bytes === then.bytes && (moves.born ?? 0) === 0) continue
    changes.push({ className, before: then.count, after: now.count, ...moves, grownBytes: now.bytes - then.bytes })
  }
  return changes.toSorted((a, b) => b.grownBytes - a.grownBytes)
}

/** Where everything survived a collection, these are all nodes: no search is needed. */
function livingNodes(index: HeapIndex): Iterable<number> {
  return index.graph.orphansAreAlive === true ? numbersBelow(index.graph.nodeCount) : index.dominators().order
}

function* numbersBelow(end: number): Generator<number> {
  for (let number = 0; number < end; number++) yield number
}
