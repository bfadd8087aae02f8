import type { Run } from '../../base/run.ts'
import type { ClassTotal } from '../../model/class-totals.ts'
import type { DominatorTree } from '../../model/dominator-tree.ts'
import type { HeapGraph, NumberColumn } from '../../model/heap-graph.ts'
import { type BestPaths, findBestPaths } from './best-paths.ts'
import { totalByClass } from './class-totals.ts'
import { type Classes, findClasses } from './classes.ts'
import { findDistances } from './distances.ts'
import { findDominators } from './dominators.ts'
import { findNodesByName, type NodesByName } from './nodes-by-name.ts'
import { findOwnedBytes } from './owned-bytes.ts'
import { findRetainers, type Retainers } from './retainers.ts'
import { findStretches, type Stretches } from './stretches.ts'
import { Ways } from './ways.ts'

/** A graph with everything that is computed from it once, when first asked for. */
export interface HeapIndex {
  readonly graph: HeapGraph
  retainers(): Retainers
  dominators(): DominatorTree
  /** Where each node's part of the dominator tree lies: for children and dominance at once. */
  stretches(): Stretches
  distances(): Uint32Array
  /** The best way from the root to every node. */
  bestPaths(): BestPaths
  /** Groups nodes by the way they are held; what it has found is kept. */
  ways(): Ways
  classes(): Classes
  /** All nodes that a class name, or a function's, stands for. */
  nodesByName(): NodesByName
  /** Shallow sizes with internals counted at their owners. */
  ownedBytes(): NumberColumn
  /** Class name of a node: constructor, `(string)`, `Detached <li>`, or the shape of a plain object. */
  classOf(node: number): string
  /** The biggest retained first. */
  classTotals(): readonly ClassTotal[]
}

/** What was computed elsewhere already: in a worker, or read from a cache. */
export type Computed = Partial<{ retainers: Retainers; dominators: DominatorTree; stretches: Stretches; distances: Uint32Array; bestPaths: BestPaths; ways: Ways; classes: Classes; nodesByName: NodesByName; ownedBytes: NumberColumn; classTotals: readonly ClassTotal[] }>

/** The index of a graph. Parts given as `computed` are taken as they are. */
export function heapIndex(graph: HeapGraph, run: Run, computed: Computed = {}): HeapIndex {
  const parts: Computed = { ...computed }
  const index: HeapIndex = {
    graph,
    retainers: () => (parts.retainers ??= findRetainers(graph, run)),
    dominators: () => (parts.dominators ??= findDominators(graph, run)),
    stretches: () => (parts.stretches ??= findStretches(index.dominators(), run)),
    distances: () => (parts.distances ??= findDistances(graph, run)),
    bestPaths: () => (parts.bestPaths ??= findBestPaths(graph, run)),
    ways: () => (parts.ways ??= new Ways(graph, index.bestPaths())),
    classes: () => (parts.classes ??= findClasses(graph, run)),
    nodesByName: () => (parts.nodesByName ??= findNodesByName(graph, index.classes(), run)),
    ownedBytes: () => (parts.ownedBytes ??= findOwnedBytes(graph, run)),
    classOf(node) {
      const { classOfNode, name } = index.classes()
      return name[classOfNode[node]!]!
    },
    classTotals: () => (parts.classTotals ??= totalByClass(index, run)),
  }
  return index
}
