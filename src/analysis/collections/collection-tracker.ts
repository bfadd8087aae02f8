import type { Run } from '../../base/run.ts'
import { type HeapGraph, NODE, NONE } from '../../model/heap-graph.ts'
import { type BestPaths, findBestPaths } from '../heap/best-paths.ts'
import { PREFERENCE } from '../heap/holder-preference.ts'
import { heldAs, isNamespace, isOfRuntime, lookAt, type Looks } from './describe-collection.ts'
import { type Collection, CollectionReader } from './read-collection.ts'
import type { Life } from './used-like.ts'

/** One collection at the end of a ladder of snapshots, or in a single one. */
export interface TrackedCollection extends Collection, Looks {
  readonly id: number
  readonly heldAs: string
  /** Absent in a single snapshot, and where snapshots are of different processes. */
  readonly life?: Life | undefined
}

/** Smaller ones are no story, and in a program there are many. */
const FEWEST_REFERENCES = 16
const MOST_TRACKED = 4000
const FEWEST_ENTRIES = 8

/**
 * Follows collections over a ladder of snapshots of one process: entries by id, so that what came and what went can be
 * told apart. Only counts are kept of all graphs but the last.
 * Cost: a graph's edges of objects once, and the tables of its biggest collections.
 */
export class CollectionTracker {
  readonly #contents: 'shown' | 'redacted'
  /** Of the first snapshot each was in: entries then, and the highest id until then. */
  readonly #first = new Map<number, { entries: number; lastId: number }>()
  #firstLastId: number | undefined
  #rungs = 0
  #latest: { graph: HeapGraph; reader: CollectionReader; found: Collection[] } | undefined

  constructor(contents: 'shown' | 'redacted' = 'redacted') {
    this.#contents = contents
  }

  add(graph: HeapGraph, run: Run): void {
    run.progress({ step: 'reading collections', done: 0 })
    const reader = new CollectionReader(graph)
    const found = findCollections(graph, reader, run)
    const lastId = lastIdOf(graph)
    this.#rungs++
    this.#firstLastId ??= lastId
    for (const { node, entries } of found) {
      const id = graph.nodeId[node]!
      if (this.#first.has(id)) continue
      // One that was there before and too small to be looked at had next to nothing in it.
      const wasSmall = this.#rungs > 1 && id <= this.#firstLastId
      this.#first.set(id, wasSmall ? { entries: 0, lastId: this.#firstLastId } : { entries, lastId })
    }
    this.#latest = { graph, reader, found }
  }

  /** Those that gained most first, or those of the greatest `weight`. */
  describe({ most, weight }: { most: number; weight?: ((node: number) => number) | undefined }, run: Run, paths?: BestPaths): TrackedCollection[] {
    if (this.#latest === undefined) return []
    const { graph, reader, found } = this.#latest
    const best = paths ?? findBestPaths(graph, run)
    // What nothing reaches is garbage, and what only the runtime's own tables reach is the runtime's.
    const wanted = found.filter(({ node, entries }) => entries >= FEWEST_ENTRIES && best.edge[node] !== NONE && best.preference[node]! < PREFERENCE.runtime)
    const described: TrackedCollection[] = []
    const order = weight === undefined ? (each: Collection): number => this.#gained(each) : ({ node }: Collection): number => weight(node)
    for (const collection of wanted.toSorted((a, b) => order(b) - order(a) || b.entries - a.entries)) {
      if (described.length >= most) break
      run.checkpoint()
      // What grows is told whosever it is.
      const isStill = this.#gained(collection) === 0
      if (isStill && isOfRuntime(graph, best, collection.node)) continue
      const looks = lookAt(graph, reader, collection, this.#contents)
      if (isStill && isNamespace(graph, collection, looks)) continue
      const name = heldAs(graph, best, collection.node)
      described.push({ ...collection, ...looks, id: graph.nodeId[collection.node]!, heldAs: name, life: this.#life(collection, looks, name) })
    }
    return described
  }

  #gained({ node, entries }: Collection): number {
    return this.#rungs < 2 ? 0 : Math.max(0, entries - (this.#first.get(this.#latest!.graph.nodeId[node]!)?.entries ?? entries))
  }

  #life(collection: Collection, looks: Looks, name: string): Life | undefined {
    const { graph, reader } = this.#latest!
    const first = this.#first.get(graph.nodeId[collection.node]!)
    if (first === undefined || this.#rungs < 2 || !graph.source.idsAreStable) return undefined
    let came = 0
    const isNew = (node: number): boolean => node !== NONE && graph.nodeKind[node] !== NODE.native && graph.nodeId[node]! > first.lastId
    reader.read(collection.node, ({ key, value }) => {
      if (isNew(key) || isNew(value)) came++
    })
    // Entries of plain numbers have no id: those that are more must have come.
    came = Math.max(came, collection.entries - first.entries)
    return { kind: collection.kind, before: first.entries, now: collection.entries, came, gone: first.entries - (collection.entries - came), keys: looks.keyKind, values: looks.valueKind, name }
  }
}

function findCollections(graph: HeapGraph, reader: CollectionReader, run: Run): Collection[] {
  const sizes: { node: number; size: number }[] = []
  for (let node = 1; node < graph.nodeCount; node++) {
    if ((node & 0xffff) === 0) run.checkpoint()
    if (graph.nodeKind[node] !== NODE.object) continue
    const size = reader.sizeOf(node)
    if (size >= FEWEST_REFERENCES) sizes.push({ node, size })
  }
  return sizes
    .toSorted((a, b) => b.size - a.size)
    .slice(0, MOST_TRACKED)
    .flatMap(({ node }) => reader.read(node) ?? [])
}

/** The highest id of the collector's own objects; native nodes are numbered by other rules. */
function lastIdOf(graph: HeapGraph): number {
  let last = 0
  for (let node = 1; node < graph.nodeCount; node++) {
    const kind = graph.nodeKind[node]
    if (kind !== NODE.native && kind !== NODE.synthetic && graph.nodeId[node]! > last) last = graph.nodeId[node]!
  }
  return last
}
