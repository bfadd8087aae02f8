import type { Run } from '../../base/run.ts'
import type { HeapGraph } from '../../model/heap-graph.ts'
import { CollectionReader } from './read-collection.ts'

/** All collections of one class: how they are used, and what they waste. */
export interface CollectionUse {
  readonly className: string
  readonly count: number
  readonly empty: number
  readonly withOneEntry: number
  readonly entries: number
  /** Places in their tables that hold nothing; absent where the file does not tell how many there are. */
  readonly emptySlots?: number | undefined
  /** Of all places in their tables, the part that is used. */
  readonly fill?: number | undefined
  /** Bytes of empty places. */
  readonly wastedBytes?: number | undefined
}

/**
 * Collections by class: how many, how many with nothing or one entry in them, how full their tables are. What wastes
 * most first. Of a runtime whose collections are told from their insides only (V8) nothing is said here.
 * Cost: every collection is read once. @throws Cancelled
 */
export function collectionUse(graph: HeapGraph, slotBytes: number | undefined, run: Run): CollectionUse[] {
  const reader = new CollectionReader(graph)
  if (!reader.tellsClasses) return []
  const uses = new Map<string, { count: number; empty: number; withOneEntry: number; entries: number; used: number; all: number }>()
  for (let node = 1; node < graph.nodeCount; node++) {
    if ((node & 0xffff) === 0) run.checkpoint()
    const found = reader.read(node)
    if (found?.className === undefined) continue
    const use = uses.get(found.className) ?? { count: 0, empty: 0, withOneEntry: 0, entries: 0, used: 0, all: 0 }
    uses.set(found.className, use)
    use.count++
    use.entries += found.entries
    if (found.entries === 0) use.empty++
    else if (found.entries === 1) use.withOneEntry++
    if (found.slots === undefined) continue
    use.used += found.slots.used
    use.all += found.slots.all
  }
  return [...uses]
    .map(([className, { count, empty, withOneEntry, entries, used, all }]) => ({
      className, count, empty, withOneEntry, entries,
      ...(all === 0 ? {} : { emptySlots: all - used, fill: used / all, ...(slotBytes === undefined ? {} : { wastedBytes: (all - used) * slotBytes }) }),
    }))
    .toSorted((a, b) => (b.wastedBytes ?? 0) - (a.wastedBytes ?? 0) || b.count - a.count)
}
