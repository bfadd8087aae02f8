import { type HeapGraph, NODE } from '../../model/heap-graph.ts'
import type { CollectionKind } from './collection.ts'

/** What kind of collection objects are by the name of their class; each name is judged once. */
export class KindsByName {
  readonly #graph: HeapGraph
  readonly #judge: (className: string) => CollectionKind | undefined
  readonly #kindOfName: (CollectionKind | null | undefined)[] = []

  constructor(graph: HeapGraph, judge: (className: string) => CollectionKind | undefined) {
    this.#graph = graph
    this.#judge = judge
  }

  of(node: number): CollectionKind | undefined {
    if (this.#graph.nodeKind[node] !== NODE.object) return undefined
    const name = this.#graph.nodeName[node]!
    let kind = this.#kindOfName[name]
    if (kind === undefined) kind = this.#kindOfName[name] = this.#judge(this.#graph.strings.get(name)) ?? null
    return kind ?? undefined
  }
}
